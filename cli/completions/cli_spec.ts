/** The command line as completions and the manual page need it, read off the one commander definition. */

import type { Command } from "commander";

export interface OptionOutline {
  /** "-q", or null. */
  short: string | null;
  /** "--quiet". */
  long: string;
  description: string;
  /** "<file>", "[port]", or null for a switch. */
  value: string | null;
  choices: readonly string[];
  /** As a person would write it; null for none and for switches. */
  default_text: string | null;
}

export interface CommandOutline {
  name: string;
  summary: string;
  description: string;
  /** "[minutes] [seconds]". */
  usage: string;
  arguments: ArgumentOutline[];
  options: OptionOutline[];
}

export interface ArgumentOutline {
  name: string;
  description: string;
  required: boolean;
  choices: readonly string[];
  /** As a person would write it; null for none. */
  default_text: string | null;
}

export interface ProgramOutline extends Omit<CommandOutline, "arguments" | "usage"> {
  /** Those that the help lists. */
  commands: CommandOutline[];
  /** Those that only the manual page lists. */
  hidden: CommandOutline[];
}

/** Started by leakwatch itself, never by a person. */
const INTERNAL = ["profile-watchdog"];

export function outlineOf(program: Command): ProgramOutline {
  const outlines = (wanted: boolean) =>
    program.commands.filter((command) => isHidden(command) === wanted && !INTERNAL.includes(command.name()))
      .map(commandOutline);
  const { name, summary, description, options } = commandOutline(program);
  return { name, summary, description, options, commands: outlines(false), hidden: outlines(true) };
}

/** Whether a value is a file or folder, told from its placeholder. */
export const wantsPath = ({ value }: OptionOutline): boolean => /file|dir|path|report/i.test(value ?? "");

const isHidden = (command: Command): boolean =>
  (command as unknown as { _hidden?: boolean })._hidden === true;

function commandOutline(command: Command): CommandOutline {
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    description: command.description(),
    usage: command.registeredArguments.map((each) => each.required ? `<${each.name()}>` : `[${each.name()}]`)
      .join(" "),
    arguments: command.registeredArguments.map((each) => ({
      name: each.name(),
      description: each.description,
      required: each.required,
      choices: each.argChoices ?? [],
      default_text: defaultText(each),
    })),
    options: help.visibleOptions(command).flatMap((option): OptionOutline[] =>
      option.long
        ? [{
          short: option.short ?? null,
          long: option.long,
          description: option.description,
          value: /<[^>]+>|\[.+\]$/.exec(option.flags)?.[0] ?? null,
          choices: option.argChoices ?? [],
          default_text: defaultText(option),
        }]
        : []
    ),
  };
}

function defaultText(option: { defaultValue?: unknown; defaultValueDescription?: string }): string | null {
  const { defaultValue, defaultValueDescription } = option;
  if (typeof defaultValue === "boolean" || defaultValue === undefined) return null;
  return defaultValueDescription ?? String(defaultValue);
}
