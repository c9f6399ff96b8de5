/** One record of a CSV file that anybody may have written (RFC 4180, any one-byte delimiter), strictly. */

/** The line is no CSV: a quote stands where none may. */
export class CsvRecordError extends Error {
  override readonly name = "CsvRecordError";
}

const QUOTE = '"';

/** The fields, or null where a quoted one does not end within the text: its record goes on in the next line. */
export function parseCsvRecord(text: string, delimiter: string): string[] | null {
  if (!text.includes(QUOTE)) return text.split(delimiter);
  const cells: string[] = [];
  for (let at = 0;;) {
    if (text[at] !== QUOTE) {
      const next = text.indexOf(delimiter, at), end = next < 0 ? text.length : next;
      const cell = text.slice(at, end);
      if (cell.includes(QUOTE)) {
        throw new CsvRecordError("a quote inside a field that does not begin with one");
      }
      cells.push(cell);
      if (next < 0) return cells;
      at = next + 1;
      continue;
    }
    let cell = "", close = text.indexOf(QUOTE, ++at);
    while (close >= 0 && text[close + 1] === QUOTE) {
      cell += text.slice(at, close + 1);
      at = close + 2;
      close = text.indexOf(QUOTE, at);
    }
    if (close < 0) return null;
    cells.push(cell + text.slice(at, close));
    if (close + 1 === text.length) return cells;
    if (text[close + 1] !== delimiter) throw new CsvRecordError("text after a closing quote");
    at = close + 2;
  }
}
