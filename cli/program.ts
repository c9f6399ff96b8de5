/** The command line: one definition, from which help, completions and the manual page are made. */

import { Command, CommanderError, Help, type Option } from "commander";
import { safeText } from "../model/safe_text.ts";
import { analyzeCommand } from "./commands/analyze.ts";
import { bootCommand } from "./commands/boot.ts";
import { completionsCommand, manualCommand } from "./commands/completions.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { licensesCommand } from "./commands/licenses.ts";
import { monitorCommand } from "./commands/monitor.ts";
import { profileCommand, profileWatchdogCommand } from "./commands/profile.ts";
import { rulesCommand } from "./commands/rules.ts";
import { serveCommand } from "./commands/serve.ts";
import type { Outcome } from "./commands/options.ts";
import { checkLine, exitCodeOf } from "./check/plugin_line.ts";
import { EXIT_DONE, EXIT_FAILED, EXIT_USAGE, UserError } from "./errors.ts";
import { writeStdout } from "./output.ts";
import { usageMessage } from "./usage_message.ts";
import { versionLine } from "./version.ts";

/** The whole program as commander knows it; nothing runs until it parses arguments. */
export function buildProgram(outcome: Outcome = { exitCode: EXIT_DONE }): Command {
  const program = new Command("leakwatch")
    .description(
      "Finds memory leaks on the machine where they happen: who grows, how fast, until when, what to do next.",
    )
    .version(versionLine(), "-V, --version", "print version, runtime and target")
    .helpCommand("help [command]", "explain a command")
    .addHelpText("after", "\nStart with: leakwatch analyze");
  for (
    const make of [
      analyzeCommand,
      monitorCommand,
      bootCommand,
      serveCommand,
      profileCommand,
      rulesCommand,
      doctorCommand,
      completionsCommand,
    ]
  ) program.addCommand(make(outcome));
  program.addCommand(manualCommand(outcome), { hidden: true });
  program.addCommand(profileWatchdogCommand(outcome), { hidden: true });
  program.addCommand(licensesCommand(), { hidden: true });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => {} })
      .configureHelp({ helpWidth: 100, optionDescription });
  }
  return program;
}

/** That a switch is off unless given needs no words. */
function optionDescription(this: Help, option: Option): string {
  return Help.prototype.optionDescription.call(this, option).replace(" (default: false)", "");
}

/** Runs the words of a command line; resolves to the exit code. Never throws for what a user can cause. */
export async function run(argv: readonly string[]): Promise<number> {
  const outcome: Outcome = { exitCode: EXIT_DONE };
  const program = buildProgram(outcome);
  try {
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT_DONE;
    }
    await program.parseAsync(wordsToParse(argv, program), { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    const code = report(error);
    return isCheck(argv) ? unknownState(error) : code;
  }
}

/** `bogus --help` and `help bogus` are as wrong as `bogus`; commander would explain the whole program. */
function wordsToParse(argv: readonly string[], program: Command): string[] {
  const name = argv[0] === "help" ? argv[1] : argv[0];
  if (name === undefined || name.startsWith("-") || name === "help") return [...argv];
  return program.commands.some((command) => command.name() === name) ? [...argv] : [name];
}

/** Whoever runs checks reads standard output, and takes the usual exit codes of errors for states. */
const isCheck = (argv: readonly string[]): boolean =>
  argv[0] === "analyze" && /(^|\0)(-f|--format)(\0|=|(?<=-f))check(\0|$)/.test(argv.join("\0"));

function unknownState(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT_DONE;
  const message = usageMessage(error instanceof Error ? error.message : String(error));
  writeStdout(checkLine({ state: "UNKNOWN", message, values: [] }));
  return exitCodeOf("UNKNOWN");
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === "commander.help") return EXIT_DONE;
    complain(usageMessage(error.message));
    return EXIT_USAGE;
  }
  if (error instanceof UserError) {
    complain(error.message);
    return error.exitCode;
  }
  if (Deno.env.get("LEAKWATCH_DEBUG")) console.error(error);
  complain(
    `unexpected: ${
      error instanceof Error ? error.message : String(error)
    } (set LEAKWATCH_DEBUG=1 for the details)`,
  );
  return EXIT_FAILED;
}

function complain(message: string): void {
  console.error(safeText(`leakwatch: ${message}`));
}
