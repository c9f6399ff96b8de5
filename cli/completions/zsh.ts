import { type CommandOutline, type OptionOutline, type ProgramOutline, wantsPath } from "./cli_spec.ts";

/** A completion function for zsh: put it as `_leakwatch` into a folder of $fpath. */
export function zshCompletion(program: ProgramOutline): string {
  const commands = program.commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`).join(
    "\n",
  );
  return `#compdef ${program.name}
# zsh completion for ${program.name}: leakwatch completions zsh
_${program.name}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${commands}
    'help:explain a command'
  )
  _arguments -C \\
${program.options.map((option) => `    ${specOf(option)} \\\n`).join("")}    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
        help) _describe command commands ;;
${program.commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [ "$funcstack[1]" = "_${program.name}" ]; then _${program.name} "$@"; else compdef _${program.name} ${program.name}; fi
`;
}

function commandCase(command: CommandOutline): string {
  const positions = command.arguments.map((argument) => {
    const action = argument.choices.length > 0 ? `(${argument.choices.join(" ")})` : "_files";
    return quote(`${argument.required ? "" : ":"}:${escapeColons(argument.name)}:${action}`);
  });
  const specs = [...command.options.map(specOf), ...positions];
  return `        ${command.name}) _arguments ${specs.map((spec) => `\\\n            ${spec}`).join(" ")} ;;`;
}

/** "(-q --quiet)"{-q,--quiet}"[say nothing]:value:action". */
function specOf(option: OptionOutline): string {
  const text = `[${option.description.replace(/[[\]\\]/g, "\\$&")}]`;
  const action = option.choices.length > 0
    ? `(${option.choices.join(" ")})`
    : wantsPath(option)
    ? "_files"
    : " ";
  const value = option.value === null ? "" : `:${escapeColons(option.value.slice(1, -1))}:${action}`;
  if (!option.short) return quote(`${option.long}${text}${value}`);
  return `${quote(`(${option.short} ${option.long})`)}{${option.short},${option.long}}${quote(text + value)}`;
}

const escapeColons = (text: string): string => text.replaceAll(":", "\\:");
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
