import { withBudgetOptions } from "./budget.ts";
import { Argument, Command, Option } from "commander";
import { durationOption, sizeOfAtLeast, sizeOption, wholeNumber } from "../arguments/quantity.ts";
import { withPageOptions } from "../arguments/page.ts";
import { withProfileSuspects } from "../arguments/profile_suspects.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import type { MonitorOptions, Outcome } from "./options.ts";

export function monitorCommand(outcome: Outcome): Command {
  const command = new Command("monitor")
    .summary("watch for hours: CSV logs, alerts, summary")
    .description("Records this machine's memory as CSV logs, raises alerts and writes a summary.")
    .addArgument(
      new Argument("[minutes]", "how long; 0 runs until stopped").argParser(durationOption("m")).default(
        3600,
        "60",
      ),
    )
    .addArgument(
      new Argument("[seconds]", "time between samples").argParser(durationOption("s", 0.1)).default(
        30,
        "30",
      ),
    )
    .addOption(
      new Option("-o, --output-dir <dir>", "directory for the logs (default: /var/log/memory-monitor)"),
    )
    .addOption(new Option("--rules <file>", "alert rules, thresholds and sinks to add to the built-in ones"))
    .addOption(
      new Option("--rotate-size <size>", "start a new segment at this size").argParser(
        sizeOfAtLeast(64 * 1024),
      )
        .default(64 * 1024 ** 2, "64MiB"),
    )
    .addOption(
      new Option("--retain-size <size>", "delete the oldest segments when all together exceed this size")
        .argParser(
          sizeOption,
        )
        .default(1024 ** 3, "1GiB"),
    )
    .addOption(
      new Option("--retain-age <time>", "delete segments older than this").argParser(durationOption("s"))
        .default(30 * 86400, "30d"),
    )
    .addOption(
      new Option("-n, --top <count>", "processes logged at every sample").argParser(wholeNumber(1, 100_000))
        .default(40),
    )
    .addOption(
      new Option("--ui [port]", "serve the page too (default port: 7437)").argParser(wholeNumber(1, 65_535)),
    )
    .addOption(
      new Option(
        "--remote-write <url>",
        "also push the metrics of /metrics to this URL: http://SERVER:9090/api/v1/write (Prometheus, VictoriaMetrics, Mimir)",
      ),
    )
    .addOption(new Option("--remote-write-token-file <file>", "its bearer token"))
    .addOption(
      new Option("--remote-write-header-file <file>", "further headers, one 'Name: value' a line"),
    )
    .addOption(new Option("--remote-write-ca-file <file>", "the CA that signed its certificate (PEM)"))
    .option("--hide-arguments", "record process names only, never their arguments", false);
  return withSharedOptions(withPageOptions(withProfileSuspects(withBudgetOptions(command)))).action(
    async (durationSeconds: number, intervalSeconds: number, options: MonitorOptions) => {
      const { monitor } = await import("../monitor/mod.ts");
      outcome.exitCode = await monitor(durationSeconds, intervalSeconds, options);
    },
  );
}
