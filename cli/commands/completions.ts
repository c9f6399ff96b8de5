import { Argument, Command } from "commander";
import type { Outcome } from "../program.ts";

export type Shell = "bash" | "zsh" | "fish";

export function completionsCommand(outcome: Outcome): Command {
  return new Command("completions")
    .summary("print a completion script for your shell")
    .description("Prints a completion script: leakwatch completions bash > /etc/bash_completion.d/leakwatch")
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: Shell) => {
      const { completions } = await import("../completions/mod.ts");
      outcome.exitCode = await completions(shell);
    });
}
