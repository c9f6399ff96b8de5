/**
 * Names of processes, containers and files are chosen by whoever runs them. This is the one place that makes them fit to
 * be shown: nothing that comes out moves the cursor, colours, turns the direction of writing, hides or ends a line.
 */

/**
 * C0 and C1 controls, DEL; marks that turn or isolate the direction of writing (Unicode UAX #9), characters without width,
 * line and paragraph separators, tag characters, and halves of surrogate pairs.
 */
const UNSAFE = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb" +
    "\\u{e0000}-\\u{e007f}\\ud800-\\udfff]",
  "gu",
);

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Nearly all names; three times as fast as the search for what is unsafe. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * The text with everything unsafe written out as `\n`, `\x1b` or `\u202e`. One line comes back, always; longer than
 * `maxCharacters` is cut, with an ellipsis.
 */
export function safeText(text: string, maxCharacters = Infinity): string {
  const safe = PLAIN.test(text) ? text : spelledOut(text);
  return safe.length > maxCharacters ? `${safe.slice(0, maxCharacters - 1)}…` : safe;
}

function spelledOut(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const short = SHORT[character];
    if (short) return short;
    const code = character.codePointAt(0)!;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** An escape in JSON text; an escaped backslash is one, so that what follows it is not taken for another. */
const JSON_ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;

/**
 * JSON in which everything unsafe is written out, keys included: whoever parses it finds the four characters `\x1b` where a
 * name held an escape. For replies with names from anywhere; cheaper than a look at each string.
 */
export function safeJson(value: unknown): string {
  const json = JSON.stringify(value);
  const printable = PLAIN.test(json)
    ? json
    : json.replace(UNSAFE, (character) => inJson(spelledOut(character)));
  if (!printable.includes("\\")) return printable;
  // Controls and lone surrogates are escapes already.
  return printable.replace(JSON_ESCAPE, (escape) => {
    if (escape === '\\"' || escape === "\\\\") return escape;
    return inJson(spelledOut(JSON.parse(`"${escape}"`)));
  });
}

const inJson = (text: string): string => text.replaceAll("\\", "\\\\");

const HTML: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Safe inside HTML elements and quoted attributes. */
export function safeHtml(text: string): string {
  return safeText(text).replace(/[&<>"']/g, (character) => HTML[character]!);
}

/**
 * Safe inside a Markdown paragraph or table cell of GitHub, GitLab and the like: no markup, no HTML, no table bar, no
 * mention that would notify somebody.
 */
export function safeMarkdown(text: string): string {
  return safeText(text)
    .replace(/[\\`*_{}\[\]#|~!]/g, "\\$&")
    .replace(/[&<>]/g, (character) => HTML[character]!)
    .replace(/@/g, "&#64;")
    .replace(/:\/\//g, "&#58;//");
}
