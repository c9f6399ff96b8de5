/** The manual page, leakwatch(1), in the man macros that every formatter knows. */

import { VERSION } from "../version.ts";
import type { CommandOutline, OptionOutline, ProgramOutline } from "./cli_spec.ts";

export function manualPage(program: ProgramOutline): string {
  const { name, description, commands } = program;
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${VERSION}" "User Commands"`,
    ".SH NAME",
    `${name} \\- finds memory leaks on the machine where they happen`,
    ".SH SYNOPSIS",
    ...commands.flatMap((command) => [
      ".br",
      `.B ${name} ${command.name}`,
      `${roff(command.usage)} [\\fIoption\\fR ...]`.trim(),
    ]),
    ".SH DESCRIPTION",
    roff(description),
    ...commands.flatMap((command) => commandSection(name, command)),
    ".SH EXIT STATUS",
    ...[["0", "done"], ["1", "failed at run time"], ["2", "wrong usage"], [
      "10",
      "what --fail-on names was found",
    ]].flatMap(([code, meaning]) => [".TP", `.B ${code}`, roff(meaning!)]),
    ".SH ENVIRONMENT",
    ...[
      ["NO_COLOR", "no colours where it is set to anything"],
      ["XDG_STATE_HOME", "sessions go below it where /var/log cannot be written"],
      ["LEAKWATCH_DEBUG", "print the details of an unexpected error"],
    ].flatMap(([variable, meaning]) => [".TP", `.B ${variable}`, roff(meaning!)]),
    ".SH SIGNALS",
    ...[
      ["SIGINT, SIGTERM", "end the window early and still report; the second quits at once"],
      ["SIGHUP", "monitor and boot read the rules file again"],
      ["SIGUSR2", "monitor and boot write the summary"],
      ["SIGUSR1", "does nothing"],
    ].flatMap(([signal, meaning]) => [".TP", `.B ${signal}`, roff(meaning!)]),
    ".SH FILES",
    ...[
      ["/var/log/memory-monitor", "sessions of leakwatch monitor"],
      ["/var/log/boot-diagnostics", "sessions of leakwatch boot"],
      ["/etc/systemd/system/boot-diagnostics.service", "made by leakwatch boot --install-service"],
    ].flatMap(([path, meaning]) => [".TP", `.I ${roff(path!)}`, roff(meaning!)]),
    ".SH COPYRIGHT",
    `MIT licence; ${name} licenses prints it with those of all that the executable holds.`,
    "",
  ].join("\n");
}

function commandSection(program: string, command: CommandOutline): string[] {
  return [
    `.SH ${command.name.toUpperCase()}`,
    `.B ${program} ${command.name}`,
    `${roff(command.usage)}`,
    ".PP",
    roff(command.description),
    ...command.arguments.filter((each) => each.description).flatMap((each) => [
      ".TP",
      `.I ${roff(each.name)}`,
      roff(each.description + choicesText(each.choices)),
    ]),
    ...command.options.flatMap(optionLines),
  ].filter((line) => line !== "");
}

function optionLines(option: OptionOutline): string[] {
  const flags = [option.short, option.long].filter((flag) => flag !== null).map((flag) =>
    `\\fB${roff(flag)}\\fR`
  );
  const value = option.value ? ` \\fI${roff(option.value.slice(1, -1))}\\fR` : "";
  const standard = option.default_text ? ` (default: ${option.default_text})` : "";
  return [".TP", flags.join(", ") + value, roff(option.description + choicesText(option.choices) + standard)];
}

const choicesText = (choices: readonly string[]): string =>
  choices.length > 0 ? `: ${choices.join(", ")}` : "";

/** Text that troff prints as it stands: its escape character, hyphens that can be searched for, no line that is a request. */
const roff = (text: string): string =>
  text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1").replace(/\s*\n\s*/g, " ");
