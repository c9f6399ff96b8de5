/** A rule's condition in PromQL, over the metrics that leakwatch shows at /metrics. */

import type { ASTNode } from "@marcbachmann/cel-js";
import { METRIC_NAMES } from "../../../model/metric_names.ts";
import { type Scope, VARIABLES } from "../variables.ts";

/** What PromQL has no words for. */
export class UnsupportedExpression extends Error {}

const ARITHMETIC = ["+", "-", "*", "/"];
const COMPARISON = ["<", "<=", ">", ">=", "==", "!="];

/** A series of each scope that bears all its labels; comparisons of text are made on it. */
const PRESENCE: Partial<Record<Scope, string>> = {
  process: METRIC_NAMES.process_resident_bytes,
  container: METRIC_NAMES.container_usage_bytes,
  unit: METRIC_NAMES.unit_usage_bytes,
  finding: METRIC_NAMES.finding_info,
};

/** The variable whose value is the alert's in Prometheus: the left side of the first comparison, where it is one variable. */
export function comparedVariable(node: ASTNode): string | null {
  if (node.op === "&&" || node.op === "||") return comparedVariable(node.args[0]);
  if (!COMPARISON.includes(node.op)) return null;
  const [left] = node.args as [ASTNode, ASTNode];
  return left.op === "id" ? left.args : null;
}

/** The variables of all its comparisons. */
export function comparedVariables(node: ASTNode): string[] {
  if (node.op === "&&" || node.op === "||") return node.args.flatMap(comparedVariables);
  const variable = comparedVariable(node);
  return variable === null ? [] : [variable];
}

const MATCHER: Record<string, string> = { "==": "=", "!=": "!=" };

/**
 * A condition's tree: numbers stay comparisons, text becomes label matchers on a series that bears the label, `&&` is `and`, `||` is
 * `or`. `$rate` is left for the range of a rate. Throws UnsupportedExpression.
 */
export function promql(node: ASTNode, scope: Scope, parameters: Record<string, number>): string {
  const say = (child: ASTNode) => promql(child, scope, parameters);
  const { op } = node;
  if (op === "value") {
    const value = node.args;
    if (typeof value === "number" || typeof value === "bigint") return String(value);
    throw new UnsupportedExpression(`PromQL has no value ${value}`);
  }
  if (op === "id") {
    const variable = VARIABLES[scope][node.args];
    if (variable?.promql) return variable.promql;
    throw new UnsupportedExpression(`no metric for ${node.args}`);
  }
  if (op === ".") {
    const [object, name] = node.args;
    if (object.op === "id" && object.args === "parameters") return String(parameters[name]);
  }
  if (op === "-_") return `-${say(node.args)}`;
  if (op === "!_") return negated(node.args, scope);
  if (op === "&&" || op === "||") {
    const [left, right] = node.args;
    return `(${say(left)}) ${op === "&&" ? "and" : "or"} (${say(right)})`;
  }
  if (op === "rcall") return matchCall(node, scope, false);
  if (op === "in") {
    const [left, right] = node.args;
    if (right.op === "list") {
      const words = right.args.map(textOf).map(escapePattern).join("|");
      return matcher(left, scope, "=~", words);
    }
  }
  if (ARITHMETIC.includes(op)) {
    const [left, right] = node.args as [ASTNode, ASTNode];
    return `(${say(left)} ${op} ${say(right)})`;
  }
  if (COMPARISON.includes(op)) {
    const [left, right] = node.args as [ASTNode, ASTNode];
    if (right.op === "value" && typeof right.args === "string") {
      if (MATCHER[op]) return matcher(left, scope, MATCHER[op], right.args);
      throw new UnsupportedExpression(`PromQL cannot order text`);
    }
    return `${say(left)} ${op} ${say(right)}`;
  }
  throw new UnsupportedExpression(`PromQL has no "${op}"`);
}

function negated(node: ASTNode, scope: Scope): string {
  if (node.op === "rcall") return matchCall(node, scope, true);
  throw new UnsupportedExpression('PromQL has no "!"');
}

function matchCall(node: ASTNode & { op: "rcall" }, scope: Scope, not: boolean): string {
  const [name, receiver, args] = node.args;
  const word = args.length === 1 ? escapePattern(textOf(args[0]!)) : "";
  const patterns: Record<string, string> = {
    startsWith: `${word}.*`,
    endsWith: `.*${word}`,
    contains: `.*${word}.*`,
  };
  if (patterns[name] === undefined) throw new UnsupportedExpression(`PromQL has no ${name}()`);
  return matcher(receiver, scope, not ? "!~" : "=~", patterns[name]);
}

function matcher(left: ASTNode, scope: Scope, operator: string, text: string): string {
  const label = left.op === "id" ? VARIABLES[scope][left.args]?.label : undefined;
  const metric = PRESENCE[scope];
  if (label === undefined || metric === undefined) {
    throw new UnsupportedExpression("no label for a text that it asks for");
  }
  if (label === "echo") return ofFinding(metric, `echo${echoMatch(operator, text)}`);
  const match = `${label}${operator}${JSON.stringify(text)}`;
  return scope === "finding" ? ofFinding(metric, match) : `${metric}{${match}}`;
}

/** By kind and subject, as the other series of a finding and its alert are: verdict and severity may change meanwhile. */
const ofFinding = (metric: string, match: string): string =>
  `max without (verdict, severity, echo) (${metric}{${match}})`;

/** Whether another finding is the cause is a label; which one it is, is none. */
function echoMatch(operator: string, text: string): string {
  if (text !== "" || (operator !== "=" && operator !== "!=")) {
    throw new UnsupportedExpression("only whether a finding has a cause can be asked");
  }
  return operator === "=" ? '="0"' : '="1"';
}

function textOf(node: ASTNode): string {
  if (node.op === "value" && typeof node.args === "string") return node.args;
  throw new UnsupportedExpression("only text in quotes can be matched");
}

const escapePattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
