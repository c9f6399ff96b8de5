/**
 * Conditions in CEL (cel.dev), parsed and type-checked once, evaluated per sample.
 *
 * All numbers are doubles, and one that could not be read is NaN: it compares false with everything, so a rule about
 * it stays silent. CEL itself has no arithmetic between double and int; the operators added here let a rule say
 * `2 * growth_bytes` as a person would.
 */

import { type ASTNode, Environment, type ParseResult } from "@marcbachmann/cel-js";
import { suggestion } from "./did_you_mean.ts";
import { LINEAR_MATCHES, matchesLinear, withLinearMatches } from "./linear_matches.ts";
import { type Scope, VARIABLES } from "./variables.ts";

/** What is wrong with an expression: one line that quotes the word at fault. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
}

/** Values of one subject by variable name; getters, so that only what a condition asks for is computed. */
export type Context = object;

export interface Expression {
  source: string;
  ast: ASTNode;
  /** Variables and parameters it asks for. */
  variables: string[];
  parameters: string[];
  /** Evaluates and never throws; undefined where it cannot be (a bad pattern, a word that is no number). */
  evaluate(context: Context): unknown;
  /** Why it once could not be evaluated. */
  error: string | null;
}

const MIXED: [string, (a: number, b: number) => number][] = [
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
];

const FUNCTIONS = [
  "contains",
  "startsWith",
  "endsWith",
  "matches",
  "size",
  "exists",
  "all",
  "double",
  "int",
  "string",
];

/** Compiles expressions of one scope with the parameters in force. */
export class Compiler {
  readonly #environment: Environment;

  constructor(readonly scope: Scope, readonly parameters: Readonly<Record<string, number>>) {
    const environment = new Environment({ limits: { maxAstNodes: 500, maxDepth: 40 } });
    for (const [name, variable] of Object.entries(VARIABLES[scope])) {
      environment.registerVariable(name, variable.type === "text" ? "string" : "double");
    }
    // A type of its own gives each parameter a static type, so that `name > parameters.x` is refused.
    class Parameters {}
    const fields = Object.fromEntries(Object.keys(parameters).map((name) => [name, "double"]));
    environment.registerType("Parameters", { ctor: Parameters, fields });
    environment.registerConstant("parameters", "Parameters", Object.assign(new Parameters(), parameters));
    for (const [operator, apply] of MIXED) {
      const mixed = (a: unknown, b: unknown) => apply(Number(a), Number(b));
      environment.registerOperator(`double ${operator} int`, mixed);
      environment.registerOperator(`int ${operator} double`, mixed);
    }
    environment.registerOperator("double == int", (a: unknown, b: unknown) => Number(a) === Number(b));
    environment.registerFunction(`string.${LINEAR_MATCHES}(string): bool`, matchesLinear);
    this.#environment = environment;
  }

  /** Parses and checks; throws ExpressionError. */
  compile(source: string, wanted: "bool" | "number"): Expression {
    let parsed: ParseResult;
    try {
      parsed = this.#environment.parse(source);
    } catch (error) {
      throw this.#explain(error, source);
    }
    const check = parsed.check();
    if (!check.valid) throw this.#explain(check.error, source);
    const fits = wanted === "bool" ? check.type === "bool" : check.type === "double" || check.type === "int";
    if (!fits) {
      throw new ExpressionError(
        wanted === "bool"
          ? `a condition must be true or false, "${shorten(source)}" is ${check.type}`
          : `a value must be a number, "${shorten(source)}" is ${check.type}`,
      );
    }
    const { variables, parameters } = namesIn(parsed.ast, this.scope);
    const program = this.#withLinearMatches(source, parsed);
    const expression: Expression = {
      source,
      ast: parsed.ast,
      variables,
      parameters,
      error: null,
      evaluate(context) {
        try {
          return program(context);
        } catch (error) {
          expression.error ??= plain((error as { summary?: string }).summary ?? String(error));
          return undefined;
        }
      },
    };
    return expression;
  }

  #withLinearMatches(source: string, parsed: ParseResult): ParseResult {
    let linear: string;
    try {
      linear = withLinearMatches(source, parsed.ast);
    } catch (error) {
      throw new ExpressionError((error as Error).message);
    }
    return linear === source ? parsed : this.#environment.parse(linear);
  }

  #explain(error: unknown, source: string): ExpressionError {
    const { code, summary, range } = error as {
      code?: string;
      summary?: string;
      range?: { start: number; end: number };
    };
    const word = range ? source.slice(range.start, range.end) : "";
    if (code === "unknown_variable") {
      const names = Object.keys(VARIABLES[this.scope]);
      const elsewhere = Object.entries(VARIABLES).find(([scope, table]) =>
        scope !== this.scope && Object.hasOwn(table, word)
      );
      const hint = elsewhere && !names.includes(word)
        ? `; it belongs to scope ${elsewhere[0]}`
        : suggestion(word, names);
      return new ExpressionError(`scope ${this.scope} has no "${word}"${hint}`);
    }
    if (code === "no_such_key") {
      return new ExpressionError(
        `unknown parameter "${word}"${suggestion(word, Object.keys(this.parameters))}`,
      );
    }
    if (code === "no_matching_overload") {
      const called = /(\w+)\s*\(/.exec(word)?.[1] ?? "";
      const hint = FUNCTIONS.includes(called) ? "" : suggestion(called, FUNCTIONS);
      return new ExpressionError(`no function fits "${shorten(word)}"${hint}`);
    }
    const where = word.trim() === "" ? "at its end" : `at "${shorten(word)}"`;
    return new ExpressionError(`${plain(summary ?? String(error))} ${where}`);
  }
}

/** Walks the tree for names. Variables that a macro binds (`list.exists(x, …)`) are no names of ours. */
function namesIn(ast: ASTNode, scope: Scope): { variables: string[]; parameters: string[] } {
  const variables = new Set<string>();
  const parameters = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(walk);
      return;
    }
    if (node === null || typeof node !== "object" || !("op" in node)) return;
    const { op, args } = node as ASTNode;
    if (op === "id" && Object.hasOwn(VARIABLES[scope], args)) variables.add(args);
    if ((op === "." || op === "[]") && Array.isArray(args)) {
      const [object, key] = args as [ASTNode, string | ASTNode];
      if (object.op === "id" && object.args === "parameters") {
        if (typeof key === "string") parameters.add(key);
        else if (key.op === "value" && typeof key.args === "string") parameters.add(key.args);
        return;
      }
    }
    walk(args);
  };
  walk(ast);
  return { variables: [...variables], parameters: [...parameters] };
}

const shorten = (text: string) => plain(text.length > 60 ? `${text.slice(0, 57)}…` : text);
const plain = (text: string) => text.replace(/\s+/g, " ").trim();
