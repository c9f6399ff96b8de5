/** Text in terminal columns: wide characters take two, combining ones none. */

import stringWidth from "string-width";

export const REPORT_COLUMNS = 100;

export function displayWidth(text: string): number {
  // ASCII is nearly everything; the library segments graphemes.
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/** The text cut to that many columns, the last one an ellipsis where something was cut. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns <= 1) return "…".slice(0, Math.max(0, columns));
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const width = displayWidth(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return kept + "…";
}

/** The text cut at its beginning: "…/x86_64-linux-gnu/libc.so.6". */
export function truncateStart(text: string, columns: number): string {
  const reversed = (each: string) =>
    [...new Intl.Segmenter().segment(each)].map(({ segment }) => segment).reverse().join("");
  return displayWidth(text) <= columns ? text : reversed(truncate(reversed(text), columns));
}

/** Breaks prose at spaces (or another separator) so that no line is wider than `columns`; a longer word is left whole. */
export function wrap(text: string, columns: number, separator = " "): string[] {
  const lines: string[] = [];
  let line = "";
  // "97 %" and "8 MiB" stay together.
  for (const word of text.split(separator === " " ? / (?!%|[KMGTP]iB\b)/ : separator)) {
    if (line && displayWidth(line) + separator.length + displayWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line ? line + separator + word : word;
  }
  return [...lines, line];
}
