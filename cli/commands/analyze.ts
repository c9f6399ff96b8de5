import { Argument, Command, Option } from "commander";
import { durationOption, repeatable, wholeNumber } from "../arguments/quantity.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import { withFleetOptions } from "../fleet/options.ts";
import { yesOption } from "./profile.ts";
import type { AnalyzeOptions, Outcome } from "./options.ts";

export function analyzeCommand(outcome: Outcome): Command {
  const command = new Command("analyze")
    .summary("look now: one report, suspects ranked, next step for each")
    .description(
      "Watches this machine for a few minutes and reports who grows, how fast, until when, and what to do next.",
    )
    .addArgument(new Argument("[report]", "write the report to this file instead of the terminal"))
    .addOption(
      new Option("-d, --duration <time>", "how long to watch; 0 takes a snapshot").argParser(
        durationOption("s"),
      )
        .default(300, "5m"),
    )
    .addOption(
      new Option(
        "-i, --interval <time>",
        "time between samples (default: a sixtieth of the duration, 1s to 5s)",
      ).argParser(durationOption("s", 0.1)),
    )
    .addOption(
      new Option("-n, --top <count>", "rows per table; 0 lists all").argParser(wholeNumber(0, 100_000))
        .default(15),
    )
    .addOption(
      new Option("-p, --pid <pid>", "inspect this process in detail (repeatable)").argParser(
        repeatable(wholeNumber(1, 4_194_304)),
      ),
    )
    .addOption(
      new Option(
        "--profile",
        "then profile each --pid: which line or class grows (see leakwatch profile)",
      )
        .default(false),
    )
    .addOption(
      new Option("--profile-for <time>", "how long to profile").argParser(durationOption("s"))
        .default(30, "30s"),
    )
    .addOption(yesOption())
    .addOption(
      new Option(
        "--from <path|url>",
        "analyze recorded data instead of this machine: a session, a CSV file, a directory (repeatable), or " +
          "the history of a Prometheus or VictoriaMetrics: http://SERVER:9090",
      )
        .argParser(repeatable(String)),
    )
    .addOption(
      new Option(
        "--against <path>",
        "compare the recording of --from (before a fix) with this one (after it): which leaks are gone",
      ),
    )
    .addOption(
      new Option(
        "-f, --format <format>",
        "output format; check: one line with performance data, exit 0 to 3, for Icinga, Nagios and Checkmk",
      ).choices(["text", "json", "markdown", "html", "check"]).default("text"),
    )
    .option("-v, --verbose", "show the evidence and all next steps of every finding, in text too", false)
    .addOption(
      new Option(
        "--fail-on <severity>",
        "exit with 10 if anything this severe is found; use growing in load tests, where programs are young",
      ).choices([
        "warning",
        "critical",
        "leak",
        "growing",
      ]),
    )
    .addOption(new Option("--rules <file>", "alert rules to use instead of the built-in ones"));
  return withSharedOptions(withFleetOptions(command)).action(
    async (report: string | undefined, options: AnalyzeOptions) => {
      const { analyze } = await import("../analyze/mod.ts");
      const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === "cli");
      outcome.exitCode = await analyze(report ?? null, { ...options, given });
    },
  );
}
