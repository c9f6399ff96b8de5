/** What people call a program: of an interpreter the script, of a JVM what it runs. Pure; the text is hostile, as all names are. */

const INTERPRETER =
  /^(python|pypy|node|deno|bun|ruby|perl|php|bash|sh|dash|zsh|java|dotnet|Rscript|lua)[\d.]*$/;
/** Options whose value is an argument of its own. */
const WITH_VALUE = /^(-cp|-classpath|--class-path|-p|--module-path|-X|-W|-r|--require|--import|-I)$/;
const CLASS = /^[\w$.]+$/;
const MAX_CHARACTERS = 32;

/**
 * "python3 worker.py", "java shop.jar", "nginx".
 * @param command arguments separated by spaces, the first one the program; null where they cannot be read
 */
export function programTitle(name: string, command: string | null): string {
  const script = scriptOf(command);
  return script === null || script === name ? name : `${name} ${script}`;
}

function scriptOf(command: string | null): string | null {
  const [program = "", ...args] = command?.trim().split(/\s+/) ?? [];
  const interpreter = program.split("/").at(-1)!;
  if (!INTERPRETER.test(interpreter)) return null;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (WITH_VALUE.test(word)) i++;
    else if (word === "-m" || word === "-jar" || word === "--module") {
      return shortened(args[i + 1] ?? "") || null;
    } else if (word === "-c" || word === "-e" || word === "--eval") return null;
    else if (word === "run" && program.endsWith("deno")) continue;
    else if (!word.startsWith("-")) {
      return interpreter === "java" && !CLASS.test(word) ? null : shortened(word);
    } // Whether its value is the next word is not known.
    else if (word.startsWith("--") && !word.includes("=") && !/^(node|deno|bun)/.test(interpreter)) {
      return null;
    }
  }
  return null;
}

/** The last part of a path or of a class's name. */
function shortened(word: string): string {
  const last = word.split("/").findLast((part) => part !== "") ?? word;
  const isClass = /^[a-z]\w*(\.[a-z]\w*)+\.[A-Z]\w*$/.test(last);
  const title = isClass ? last.split(".").at(-1)! : last;
  return title.length > MAX_CHARACTERS ? `${title.slice(0, MAX_CHARACTERS - 1)}…` : title;
}
