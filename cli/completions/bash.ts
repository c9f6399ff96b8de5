import { type CommandOutline, type ProgramOutline, wantsPath } from "./cli_spec.ts";

/** A completion script for bash 4 and newer; it needs no bash-completion package. */
export function bashCompletion(program: ProgramOutline): string {
  const names = [...program.commands.map((command) => command.name), "help"];
  return `# bash completion for ${program.name}: leakwatch completions bash
_${program.name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join("|")}) command=$word; break ;;
    esac
  done
  COMPREPLY=()
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W '${[...names, ...flagsOf(program)].join(" ")}' -- "$current") ;;
    help) mapfile -t COMPREPLY < <(compgen -W '${names.slice(0, -1).join(" ")}' -- "$current") ;;
${program.commands.map(commandCase).join("\n")}
  esac
}
complete -F _${program.name} ${program.name}
`;
}

function commandCase(command: CommandOutline): string {
  const values = command.options.filter((option) => option.value !== null).map((option) => {
    const pattern = [option.short, option.long].filter(Boolean).join("|");
    const reply = option.choices.length > 0
      ? `mapfile -t COMPREPLY < <(compgen -W '${option.choices.join(" ")}' -- "$current")`
      : wantsPath(option)
      ? `mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null`
      : ":";
    return `        ${pattern}) ${reply}; return ;;`;
  });
  const words = command.arguments.flatMap((argument) => argument.choices);
  const others = words.length > 0
    ? `mapfile -t COMPREPLY < <(compgen -W '${words.join(" ")}' -- "$current")`
    : `mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null`;
  return `    ${command.name})
      case $previous in
${values.length > 0 ? values.join("\n") : "        '') ;;"}
      esac
      case $current in
        -*) mapfile -t COMPREPLY < <(compgen -W '${flagsOf(command).join(" ")}' -- "$current") ;;
        *) ${others} ;;
      esac
      ;;`;
}

const flagsOf = ({ options }: Pick<CommandOutline, "options">): string[] =>
  options.flatMap((option) => option.short ? [option.short, option.long] : [option.long]);
