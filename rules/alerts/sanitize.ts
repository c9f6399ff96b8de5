/** Text from a machine made fit for one line: names of processes, containers and files are chosen by strangers. */

// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Control characters, line breaks and direction marks written as `\x0a` or `\u202e`; at most `most` characters. */
export function printable(text: string, most = 2000): string {
  const safe = text.replace(UNSAFE, escape).replace(LONE_SURROGATE, "\ufffd");
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}
