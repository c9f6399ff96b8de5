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
