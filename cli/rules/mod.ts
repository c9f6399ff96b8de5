/** `leakwatch rules`: lists, checks, prints and exports alert rules. */

import { BUILTIN_TEXT, parseRules } from "../../rules/alerts/parse.ts";
import { listRules, printRules } from "../../rules/alerts/print.ts";
import { exportPrometheus } from "../../rules/alerts/prometheus/mod.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import type { RulesOptions } from "../commands/options.ts";
import { EXIT_DONE, EXIT_FAILED } from "../errors.ts";
import { diagnosticLine, loadRules, readRulesFile } from "./load.ts";

export { loadRules } from "./load.ts";

export async function rules(options: RulesOptions): Promise<number> {
  if (options.check !== undefined) return check(options.check, options.quiet);
  const set = await loadRules(options.rules);
  let text: string;
  if (options.export === "prometheus") {
    text = exportPrometheus(set, { scrape_interval_seconds: options.scrapeInterval });
  } else if (options.print) text = options.rules === undefined ? BUILTIN_TEXT : printRules(set);
  else text = listRules(set);
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  return EXIT_DONE;
}

/** All diagnostics, one line each; or one line that says what the file holds. */
function check(file: string, quiet: boolean): number {
  const { rules, diagnostics } = parseRules(readRulesFile(file));
  if (diagnostics) {
    for (const diagnostic of diagnostics) console.error(diagnosticLine(file, diagnostic));
    return EXIT_FAILED;
  }
  if (!quiet) console.log(`${file}: OK, ${describe(rules)}`);
  return EXIT_DONE;
}

function describe(set: RuleSet): string {
  const own = set.rules.filter((rule) => rule.origin === "file").length;
  const parts = [`${own} of its own and ${set.rules.length - own} built-in rules`];
  if (set.sinks) parts.push(`sinks: ${set.sinks.map((sink) => sink.name ?? sink.type).join(", ") || "none"}`);
  if (set.quiet_hours.length > 0) parts.push("quiet hours");
  return parts.join("; ");
}
