import { Command, Option } from "commander";
import { durationOption } from "../arguments/quantity.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import type { Outcome, RulesOptions } from "./options.ts";

/** Prometheus' own default. */
const DEFAULT_SCRAPE_INTERVAL_SECONDS = 60;

export function rulesCommand(outcome: Outcome): Command {
  const command = new Command("rules")
    .summary("print, check or export the alert rules")
    .description(
      "Lists the alert rules in force, prints them as YAML, checks a rules file, or exports them to Prometheus.",
    )
    .addOption(
      new Option("--check <file>", "check a rules file and name the line of each mistake").conflicts([
        "print",
        "export",
      ]),
    )
    .addOption(
      new Option("--rules <file>", "rules and thresholds to add to the built-in ones").conflicts("check"),
    )
    .addOption(new Option("--print", "print the rules in force as YAML").conflicts("export").default(false))
    .addOption(new Option("--export <format>", "print the rules for another tool").choices(["prometheus"]))
    .addOption(
      new Option("--scrape-interval <time>", "with --export: how often Prometheus scrapes leakwatch")
        .argParser(durationOption("s", 1)).default(DEFAULT_SCRAPE_INTERVAL_SECONDS, "60s"),
    );
  return withSharedOptions(command).action(async (options: RulesOptions) => {
    const { rules } = await import("../rules/mod.ts");
    outcome.exitCode = await rules(options);
  });
}
