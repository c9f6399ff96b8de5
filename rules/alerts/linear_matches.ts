/**
 * `matches()` in time that grows with the text, not exponentially: any user can choose a command line that keeps a
 * backtracking engine busy for ever. CEL asks for RE2's syntax anyway (cel-spec, "Regular Expressions"); re2js is RE2 in
 * JavaScript. Patterns stand in the rules file, not in what a process says of itself.
 */

import type { ASTNode } from "@marcbachmann/cel-js";
import { RE2JS } from "re2js";

/** Name under which the evaluator calls it; the parser's own `matches` cannot be replaced. */
export const LINEAR_MATCHES = "matchesLinear";

const MAX_PATTERN = 500;
/** Instructions of the compiled pattern: each letter of the text may cost as many steps. */
const MAX_PROGRAM = 500;
/** Command lines are kept up to here. */
const MAX_SUBJECT = 4096;

const compiled = new Map<string, RE2JS>();

/** Whether the pattern is found in the text. The pattern was checked when the rules were read. */
export function matchesLinear(text: string, pattern: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    if (compiled.size > MAX_PROGRAM) compiled.clear();
    compiled.set(pattern, regex = RE2JS.compile(pattern));
  }
  return regex.matcher(text.slice(0, MAX_SUBJECT)).find();
}

interface Call {
  pattern: ASTNode | undefined;
  /** Where the word `matches` is to be looked for. */
  from: number;
  to: number;
}

/** The source with every `.matches(` turned to our own. Throws an Error with one line where a pattern cannot be used. */
export function withLinearMatches(source: string, ast: ASTNode): string {
  let result = source;
  for (const { pattern, from, to } of callsIn(ast).sort((a, b) => b.from - a.from)) {
    check(pattern);
    const gap = result.slice(from, to).replace(/^(\)*\s*\.\s*)matches(\s*\()/, `$1${LINEAR_MATCHES}$2`);
    result = result.slice(0, from) + gap + result.slice(to);
  }
  return result;
}

function check(pattern: ASTNode | undefined): void {
  if (pattern?.op !== "value" || typeof pattern.args !== "string") {
    throw new Error("the pattern of matches() must be a text in quotes");
  }
  if (pattern.args.length > MAX_PATTERN) {
    throw new Error(`the pattern of matches() is longer than ${MAX_PATTERN} characters`);
  }
  let size: number;
  try {
    size = RE2JS.compile(pattern.args).programSize();
  } catch (error) {
    throw new Error(`the pattern of matches() is not RE2: ${error instanceof Error ? error.message : error}`);
  }
  if (size > MAX_PROGRAM) throw new Error("the pattern of matches() is too large; repeat less");
}

function callsIn(ast: ASTNode): Call[] {
  const calls: Call[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (node === null || typeof node !== "object" || !("op" in node)) return;
    const { op, args } = node as ASTNode;
    if (op === "rcall" && Array.isArray(args) && args[0] === "matches") {
      const [, receiver, [pattern]] = args as unknown as [string, Placed, [Placed | undefined]];
      calls.push({ pattern, from: receiver.end, to: pattern?.start ?? (node as Placed).end });
    }
    walk(args);
  };
  walk(ast);
  return calls;
}

type Placed = ASTNode & { start: number; end: number };
