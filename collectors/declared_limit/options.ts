/** Values of options in an argument vector. Of several the last counts, as with nearly every program. */

/**
 * Value of `--name=value`, `--name value`, `-name=value` or `-n value`; names with their dashes. With `cluster`, a
 * single-letter option may also stand as `-nVALUE` and behind letters without a value (`-dm64`, getopt(3)): those letters.
 */
export function optionValue(
  argv: readonly string[],
  names: readonly string[],
  cluster?: string,
): string | null {
  return optionValues(argv, names, cluster).at(-1) ?? null;
}

/** Every value of an option, in order. */
export function optionValues(argv: readonly string[], names: readonly string[], cluster?: string): string[] {
  const found: string[] = [];
  for (let at = 1; at < argv.length; at++) {
    const argument = argv[at]!;
    if (argument === "--") break;
    for (const name of names) {
      if (argument === name) {
        const value = argv[at + 1];
        if (value !== undefined) found.push(value);
      } else if (argument.startsWith(`${name}=`)) {
        found.push(argument.slice(name.length + 1));
      } else if (cluster !== undefined && /^-[A-Za-z]$/.test(name)) {
        const value = clustered(argument, name[1]!, cluster);
        if (value !== null) found.push(value === "" ? argv[at + 1] ?? "" : value);
      }
    }
  }
  return found;
}

/** "" where the value is the next argument; null where the option is not in this one. */
function clustered(argument: string, letter: string, before: string): string | null {
  if (!argument.startsWith("-") || argument.startsWith("--")) return null;
  for (let at = 1; at < argument.length; at++) {
    if (argument[at] === letter) return argument.slice(at + 1);
    if (!before.includes(argument[at]!)) return null;
  }
  return null;
}

/** Words of a line of options in an environment variable or an options file: quotes keep spaces, a backslash escapes. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    words.push(
      word.replace(
        /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
        (_, double, single, escaped) => double?.replace(/\\(.)/g, "$1") ?? single ?? escaped,
      ),
    );
  }
  return words;
}
