/** The parts of docs/alerts.md that follow from the rules and the table of variables. */

import { formatDuration, formatValue } from "../../model/format.ts";
import type { Rule, RuleSet } from "./rule.ts";
import { SCOPES, VARIABLES } from "./variables.ts";

/** Parameters with their values, then the rules, as Markdown tables. */
export function describeRules(set: RuleSet): string {
  const parameters = Object.entries(set.parameters).map(([name, value]) => [
    `\`${name}\``,
    formatValue(name, value),
  ]);
  const rules = set.rules.map((rule) => [
    `\`${rule.name}\``,
    rule.scope,
    rule.severity,
    conditionOf(rule),
    rule.for_seconds > 0 ? formatDuration(rule.for_seconds) : "at once",
  ]);
  return table(["parameter", "value"], parameters) + "\n" +
    table(["rule", "scope", "severity", "fires when", "after"], rules);
}

/** One table per scope. */
export function describeVariables(): string {
  return SCOPES.map((scope) =>
    `### ${scope}\n\n` +
    table(
      ["variable", "meaning"],
      Object.entries(VARIABLES[scope]).map(([name, { type, meaning }]) => [
        `\`${name}\``,
        type === "text" ? `text: ${meaning}` : meaning,
      ]),
    )
  ).join("\n");
}

function conditionOf(rule: Rule): string {
  const lasts = rule.keep_firing_seconds > 0
    ? `; lasts ${formatDuration(rule.keep_firing_seconds)} longer`
    : "";
  const until = rule.until ? `; over when \`${rule.until.source}\`` : "";
  return `\`${rule.when.source}\`${until}${lasts}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}
