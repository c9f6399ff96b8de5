/**
 * Alert rules for Prometheus, over the metrics that leakwatch shows at /metrics.
 *
 * A condition's tree becomes PromQL: numbers stay comparisons, text becomes label matchers on a series that bears the
 * label, `&&` is `and`, `||` is `or`. A condition that PromQL cannot say is left out with a comment.
 */

import { alertName } from "../../model/alert_name.ts";
import { formatValue } from "../../model/format.ts";
import type { ASTNode } from "@marcbachmann/cel-js";
import { stringify } from "yaml";
import type { Rule, RuleSet } from "./rule.ts";
import { METRIC_NAMES } from "../../model/metric_names.ts";
import { type Scope, VARIABLES } from "./variables.ts";

class UnsupportedExpression extends Error {}

/** A series of each scope that bears all its labels; comparisons of text are made on it. */
const PRESENCE: Partial<Record<Scope, string>> = {
  process: METRIC_NAMES.process_resident_bytes,
  container: METRIC_NAMES.container_usage_bytes,
  unit: METRIC_NAMES.unit_usage_bytes,
  finding: METRIC_NAMES.finding_info,
};

/** A rules file for Prometheus (`rule_files:`), and the rules that it could not say. */
export function exportPrometheus(set: RuleSet): string {
  const rules: object[] = [];
  const left: string[] = [];
  for (const rule of set.rules) {
    try {
      rules.push(prometheusRule(rule, set.parameters));
    } catch (error) {
      if (!(error instanceof UnsupportedExpression)) throw error;
      left.push(`# left out: ${rule.name} (${error.message})\n`);
    }
  }
  const head =
    "# Written by `leakwatch rules --export prometheus`; over the metrics of `leakwatch serve` at /metrics.\n";
  return head + left.join("") + stringify({ groups: [{ name: "leakwatch", rules }] }, { lineWidth: 0 });
}

function prometheusRule(rule: Rule, parameters: Record<string, number>): object {
  const third = Math.max(1, Math.round((parameters.growth_period_seconds ?? 3600) / 3));
  const expr = promql(rule.when.ast, rule.scope, parameters)
    .replaceAll("$third", `${third}s`).replaceAll("$two_thirds", `${2 * third}s`);
  return {
    alert: alertName(rule.name),
    expr,
    ...(rule.for_seconds > 0 && { for: `${Math.ceil(rule.for_seconds)}s` }),
    ...(rule.keep_firing_seconds > 0 && { keep_firing_for: `${Math.ceil(rule.keep_firing_seconds)}s` }),
    labels: { severity: rule.severity, rule: rule.name },
    annotations: {
      summary: annotation(rule.message.source, rule, parameters),
      next_step: annotation(rule.next_step.source, rule, parameters).replace(/^…$/, "leakwatch analyze"),
    },
  };
}

/** Prometheus knows an alert's labels and the value that was compared; what else a message names becomes an ellipsis. */
function annotation(source: string, rule: Rule, parameters: Record<string, number>): string {
  const variables = VARIABLES[rule.scope];
  const compared = leftmost(rule.when.ast);
  return source.replace(/\s+/g, " ").trim().replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, word?: string) => {
    if (word === undefined) return whole[0]!;
    const name = word.trim();
    if (name.startsWith("parameters.")) {
      const parameter = name.slice("parameters.".length);
      return formatValue(parameter, parameters[parameter]!);
    }
    const label = rule.scope === "process" && name === "pid" ? "pid" : variables[name]?.label;
    if (label !== undefined) return `{{ $labels.${label} }}`;
    if (name !== compared) return "…";
    if (name.endsWith("_bytes")) return "{{ $value | humanize1024 }}B";
    if (name.endsWith("_percent")) return '{{ $value | printf "%.0f" }} %';
    if (name.endsWith("_seconds")) return "{{ $value | humanizeDuration }}";
    return "{{ $value | humanize }}";
  });
}

/** The variable whose value is the alert's in Prometheus: that on the very left of the condition. */
function leftmost(node: ASTNode): string | null {
  if (node.op === "id") return node.args;
  return Array.isArray(node.args) && typeof node.args[0] === "object"
    ? leftmost(node.args[0] as ASTNode)
    : null;
}

const ARITHMETIC = ["+", "-", "*", "/"];
const COMPARISON = ["<", "<=", ">", ">=", "==", "!="];
const MATCHER: Record<string, string> = { "==": "=", "!=": "!=" };

function promql(node: ASTNode, scope: Scope, parameters: Record<string, number>): string {
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
