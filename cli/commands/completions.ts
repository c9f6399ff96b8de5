import { Argument, Command } from "commander";
import type { Outcome, Shell } from "./options.ts";

export function completionsCommand(outcome: Outcome): Command {
  return new Command("completions")
    .summary("print a completion script for your shell")
    .description("Prints a completion script: leakwatch completions bash > /etc/bash_completion.d/leakwatch")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: Shell, _options: unknown, command: Command) => {
      const { completions } = await import("../completions/mod.ts");
      outcome.exitCode = completions(shell, command.parent!);
    });
}

/** For the installer: `leakwatch manual > leakwatch.1`. Not shown in the help. */
export function manualCommand(outcome: Outcome): Command {
  return new Command("manual")
    .description("Prints the manual page, leakwatch(1).")
    .action(async (_options: unknown, command: Command) => {
      const { completions } = await import("../completions/mod.ts");
      outcome.exitCode = completions("man", command.parent!);
    });
}
