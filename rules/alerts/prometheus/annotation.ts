/**
 * A rule's message as a Prometheus annotation. Prometheus knows an alert's labels and the value that was compared; other figures
 * are asked for by a query in the template, which may see the next scrape already. So a second figure that the condition compares is left
 * out, since it could contradict the alert ("grew by 36 MiB (-24 %)"), and so is a clause about what only leakwatch knows (evidence,
 * owners).
 */

import { formatValue } from "../../../model/format.ts";
import type { Rule } from "../rule.ts";
import { type Scope, VARIABLES } from "../variables.ts";
import { comparedVariable, comparedVariables } from "./promql.ts";

/** Labels that tell the subjects of a scope apart. */
const SUBJECT_LABELS: Record<Scope, readonly string[]> = {
  system: ["instance"],
  kernel: ["instance"],
  self: ["instance"],
  process: ["pid", "instance"],
  container: ["id", "instance"],
  unit: ["cgroup", "instance"],
  finding: ["kind", "subject", "instance"],
  log: ["log", "instance"],
  sink: ["sink", "instance"],
};
/** Marks the name of what cannot be said, until its clause is taken out. */
const UNSAID = "\u0000";
/** ` (…)`, `; …`, `: …`, `, …`: a clause that holds something unsaid, up to the next mark outside of a template. */
const UNSAID_CLAUSE = new RegExp(
  ` \\([^()]*${UNSAID}[^()]*\\)|[;:,] (?:\\{\\{.*?\\}\\}|[^;:,{])*${UNSAID}(?:\\{\\{.*?\\}\\}|[^;:,{])*`,
  "g",
);
const UNSAID_NAME = new RegExp(`${UNSAID}(.*?)${UNSAID}`, "g");

/** The text with its braces replaced; holds no ellipsis where leakwatch's own message would hold a figure. */
export function annotationText(source: string, rule: Rule, parameters: Record<string, number>): string {
  const compared = comparedVariable(rule.when.ast);
  const isNumber = compared !== null && VARIABLES[rule.scope][compared]?.type === "number";
  const others = isNumber ? comparedVariables(rule.when.ast).filter((name) => name !== compared) : [];
  const textOf = (name: string) =>
    others.includes(name) ? null : variableText(name, rule.scope, compared, parameters);
  const text = source.replace(/\s+/g, " ").trim().replace(
    /\{\{|\}\}|\{([^{}]*)\}/g,
    (whole, word?: string) => {
      if (word === undefined) return whole[0]!;
      const [name, one, many] = word.split("|");
      const said = textOf(name!.trim());
      if (one === undefined) return said ?? UNSAID + word.trim() + UNSAID;
      return pluralText(said, one, many!);
    },
  );
  // Where it is all that a message says, it is named at least.
  return text.replace(UNSAID_CLAUSE, "").replace(
    UNSAID_NAME,
    (_, name: string) => `its ${name.replaceAll("_", " ")}`,
  );
}

function variableText(
  name: string,
  scope: Scope,
  compared: string | null,
  parameters: Record<string, number>,
): string | null {
  if (name.startsWith("parameters.")) {
    const parameter = name.slice("parameters.".length);
    return formatValue(parameter, parameters[parameter]!);
  }
  if (scope === "process" && name === "pid") return "{{ $labels.pid }}";
  const variable = VARIABLES[scope][name];
  if (variable?.label !== undefined) return `{{ $labels.${variable.label} }}`;
  if (variable?.template !== undefined) return variable.template;
  if (name === compared) return `{{ $value ${formatOf(name)}`;
  if (variable?.promql === undefined) return null;
  return `{{ with ${queryOf(variable.promql, scope)} | query }}{{ . | first | value ${formatOf(name)}` +
    "{{ else }}unknown{{ end }}";
}

/** One of two words, by the count that the template shows: 1.02 kills, as `increase` has them, are shown as 1. */
function pluralText(count: string | null, one: string, many: string): string {
  if (count === null || !/\$value|\| value /.test(count)) return count === "1" ? one : many;
  const choice =
    `{{ if eq (${count.includes("$value") ? "$value" : ". | first | value"} | printf "%.0f") "1" }}` +
    `${one}{{ else }}${many}{{ end }}`;
  const query = /^\{\{ with .*? \| query \}\}/.exec(count)?.[0];
  return query ? `${query}${choice}{{ else }}${many}{{ end }}` : choice;
}

/** The expression of the alert's own subject, as a template's `printf`. */
function queryOf(promql: string, scope: Scope): string {
  const labels = SUBJECT_LABELS[scope], args: string[] = [];
  const query = promql.replace(
    /\b(?:leakwatch_\w+|process_\w+)(?:\{([^}]*)\})?/g,
    (selector, matchers?: string) => {
      const name = selector.split("{")[0]!;
      // The one series that others are joined with knows no more than its instance.
      const own = name === "leakwatch_build_info" ? ["instance"] : labels;
      args.push(...own.map((label) => `$labels.${label}`));
      return `${name}{${[...matchers ? [matchers] : [], ...own.map((label) => `${label}=%q`)].join(",")}}`;
    },
  );
  return `printf \`${query}\` ${args.join(" ")}`;
}

/** The end of a template that formats a value by its variable's unit. */
function formatOf(name: string): string {
  if (name.endsWith("_bytes_per_second")) return "| humanize1024 }}B/s";
  if (name.endsWith("_bytes")) return "| humanize1024 }}B";
  if (name.endsWith("_percent")) return '| printf "%.0f" }} %';
  if (name.endsWith("_seconds")) return "| humanizeDuration }}";
  // Counts: whole, as people count.
  return '| printf "%.0f" }}';
}
