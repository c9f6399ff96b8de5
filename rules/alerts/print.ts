/** A rule set written as a rules file again, and as a table to read. */

import { formatDuration } from "../../model/format.ts";
import { stringify } from "yaml";
import type { RuleSet } from "./rule.ts";

/** YAML that `--rules` accepts and that gives the same rules. */
export function printRules(set: RuleSet): string {
  return stringify({
    builtin: false,
    parameters: set.parameters,
    rules: set.rules.map((rule) => ({
      name: rule.name,
      scope: rule.scope,
      when: rule.when.source,
      ...(rule.until && { until: rule.until.source }),
      ...(rule.for_seconds > 0 && { for: `${rule.for_seconds}s` }),
      ...(rule.keep_firing_seconds > 0 && { keep_firing_for: `${rule.keep_firing_seconds}s` }),
      severity: rule.severity,
      ...(rule.value && { value: rule.value.source }),
      ...(rule.threshold && { threshold: rule.threshold.source }),
      message: rule.message.source,
      next_step: rule.next_step.source,
    })),
  }, { lineWidth: 100 });
}

/** One line per rule: name, scope, severity, how long, condition. */
export function listRules(set: RuleSet): string {
  const rows = set.rules.map((rule) => [
    rule.name,
    rule.scope,
    rule.severity,
    rule.for_seconds > 0 ? formatDuration(rule.for_seconds) : "at once",
    rule.when.source,
  ]);
  const table = [["RULE", "SCOPE", "SEVERITY", "AFTER", "CONDITION"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column]!)).join("  ")
  ).join("\n") + "\n";
}
