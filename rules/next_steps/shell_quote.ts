/** Characters that show as themselves; all else is written as octal bytes, so that what one sees is what one types. */
const VISIBLE = /^[ \p{L}\p{N}\p{P}\p{S}]$/u;

/**
 * One argument for a POSIX shell. Names are chosen by whoever runs the process: a step that is copied into a root shell
 * must not run what hides in a mount point or a container's name.
 */
export function shellQuote(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument) && !argument.startsWith("-")) return argument;
  const characters = [...argument];
  if (characters.every((character) => VISIBLE.test(character))) {
    return `'${argument.replaceAll("'", `'\\''`)}'`;
  }
  // POSIX: %b knows \0ooo and \\, and every shell's printf has it.
  const escaped = characters.map((character) =>
    VISIBLE.test(character) && character !== "'" && character !== "\\" ? character : octal(character)
  );
  return `"$(printf %b '${escaped.join("")}')"`;
}

function octal(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`)
    .join("");
}
