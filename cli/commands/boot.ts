import { withBudgetOptions } from "./budget.ts";
import { Command, Option } from "commander";
import { durationOption } from "../arguments/quantity.ts";
import { withPageOptions } from "../arguments/page.ts";
import { withProfileSuspects } from "../arguments/profile_suspects.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import type { BootOptions, Outcome } from "./options.ts";

export function bootCommand(outcome: Outcome): Command {
  const command = new Command("boot")
    .summary("watch from the start of every boot")
    .description(
      "Records the state after boot, watches for two hours and reports what grew while the machine was idle.",
    )
    .addOption(
      new Option("--minutes <time>", "how long to watch").argParser(durationOption("m")).default(7200, "120"),
    )
    .addOption(
      new Option("-i, --interval <time>", "time between samples").argParser(durationOption("s", 0.1))
        .default(30, "30s"),
    )
    .addOption(
      new Option("-o, --output-dir <dir>", "directory for the logs (default: /var/log/boot-diagnostics)"),
    )
    .addOption(new Option("--rules <file>", "alert rules, thresholds and sinks to add to the built-in ones"))
    .option("--hide-arguments", "record process names only, never their arguments", false)
    .option("--keep-watching", "keep watching after the two hours", false)
    .addOption(
      new Option("--install-service", "start at every boot from now on").conflicts([
        "uninstallService",
        "status",
      ])
        .default(false),
    )
    .addOption(
      new Option("--uninstall-service", "remove the service; logs stay").conflicts(["status"]).default(false),
    )
    .addOption(
      new Option("--status", "show whether the service is installed and running, and what it found").default(
        false,
      ),
    );
  command.option("--no-start", "with --install-service: do not start it before the next boot");
  return withSharedOptions(withPageOptions(withProfileSuspects(withBudgetOptions(command)))).action(
    async (options: BootOptions) => {
      const { boot } = await import("../boot/mod.ts");
      outcome.exitCode = await boot(options);
    },
  );
}
