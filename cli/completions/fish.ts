import { type OptionOutline, type ProgramOutline, wantsPath } from "./cli_spec.ts";

/** Completions for fish, one line for each word. */
export function fishCompletion(program: ProgramOutline): string {
  const names = program.commands.map((command) => command.name);
  const complete = `complete -c ${program.name}`;
  const none = `-n ${quote(`not __fish_seen_subcommand_from ${names.join(" ")} help`)}`;
  return [
    `# fish completion for ${program.name}: leakwatch completions fish`,
    `${complete} -f`,
    ...program.commands.map(({ name, summary }) => `${complete} ${none} -a ${name} -d ${quote(summary)}`),
    `${complete} ${none} -a help -d 'explain a command'`,
    `${complete} -n '__fish_seen_subcommand_from help' -a ${quote(names.join(" "))}`,
    ...program.options.map((option) => `${complete} ${none} ${optionArguments(option)}`),
    ...program.commands.flatMap((command) => {
      const when = `-n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`;
      const choices = command.arguments.flatMap((argument) => argument.choices);
      const takesFiles = command.arguments.some((argument) => argument.choices.length === 0);
      return [
        ...(choices.length > 0 ? [`${complete} ${when} -a ${quote(choices.join(" "))}`] : []),
        ...(takesFiles ? [`${complete} ${when} -F`] : []),
        ...command.options.map((option) => `${complete} ${when} ${optionArguments(option)}`),
      ];
    }),
    "",
  ].join("\n");
}

function optionArguments(option: OptionOutline): string {
  return [
    option.short ? `-s ${option.short.slice(1)}` : null,
    `-l ${option.long.slice(2)}`,
    option.value === null ? null : wantsPath(option) ? "-rF" : option.value.startsWith("<") ? "-x" : null,
    option.choices.length > 0 ? `-a ${quote(option.choices.join(" "))}` : null,
    `-d ${quote(option.description)}`,
  ].filter(Boolean).join(" ");
}

const quote = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
