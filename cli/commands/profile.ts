import { Argument, Command, Option } from "commander";
import { durationOption, wholeNumber } from "../arguments/quantity.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import type { Outcome, ProfileOptions } from "./options.ts";

export function profileCommand(outcome: Outcome): Command {
  const command = new Command("profile")
    .summary("which line, class or mapping grows inside one process")
    .description(
      "Profiles one running process for half a minute: which line of code or class grows, and what holds it. " +
        "--dry-run lists what each method needs, does and costs.",
    )
    .addArgument(new Argument("<pid>", "the process").argParser(wholeNumber(1, 4_194_304)))
    .addOption(
      new Option("--for <time>", "how long to watch").argParser(durationOption("s")).default(30, "30s"),
    )
    .addOption(new Option("-m, --method <name>", "auto, or a method that --dry-run lists").default("auto"))
    .addOption(yesOption())
    .addOption(new Option("--start-ticks <ticks>").argParser(Number).hideHelp())
    .addOption(new Option("--same-network").hideHelp())
    .addOption(new Option("--max-sites <count>").argParser(Number).hideHelp())
    .option("--dry-run", "list every method, its cost and its commands without running any", false)
    .addOption(
      new Option("-f, --format <format>", "output format (default: by the extension of --output, else text)")
        .choices(["text", "json", "markdown", "html"]),
    )
    .addOption(
      new Option("-n, --top <count>", "sites to show; 0 shows all").argParser(wholeNumber(0, 100_000))
        .default(5),
    )
    .addOption(
      new Option(
        "-o, --output <file>",
        "write to this file; .html, .json, .md, .pb.gz (pprof) or .speedscope.json choose the format",
      ),
    );
  return withSharedOptions(command).action(async (pid: number, options: ProfileOptions) => {
    const { profile } = await import("../profile/mod.ts");
    outcome.exitCode = await profile(pid, options);
  });
}

/** `--yes`, said once or twice. */
export function yesOption(): Option {
  return new Option(
    "-y, --yes",
    "consent to methods that ask first; twice for those that pause the process for seconds",
  )
    .argParser((_: unknown, before: number) => (Number(before) || 0) + 1).default(0, "ask on a terminal");
}

/** What undoes a profile when leakwatch was killed; started by `profile` itself. Not shown in the help. */
export function profileWatchdogCommand(_outcome: Outcome): Command {
  return new Command("profile-watchdog")
    .description(
      "Undoes what a profile changed, once the leakwatch that writes to its standard input has ended.",
    )
    .argument("<run>", "random name of that profile")
    .action(async (run: string) => {
      const { watchdogMain } = await import("../../profile/watchdog_main.ts");
      await watchdogMain(run);
    });
}
