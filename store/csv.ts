/**
 * Rows to RFC 4180 lines and back. Names come from processes and containers and are hostile: control characters are
 * written out (`\x1b`), so that a row is exactly one line and no log can drive a terminal, and text that a spreadsheet
 * would run as a formula gets a leading apostrophe (OWASP, "CSV injection").
 */

import { safeText } from "../model/safe_text.ts";
import { stringify } from "csv-stringify/sync";
import type { AnyTable, Cell, Table } from "./table.ts";

/** No line of a log is longer (its longest cells hold 4,096 characters); a longer one in a recording is skipped. */
export const MAX_LINE_BYTES = 1 << 20;

/** One row of the table about `item`; numbers are formatted, text is made safe. */
export function rowOf<Item>(table: Table<Item>, item: Item, wallSeconds: number): string[] {
  const row: string[] = new Array(table.columns.length);
  for (let index = 0; index < row.length; index++) {
    const column = table.columns[index]!;
    row[index] = textOf(column.value(item, wallSeconds), column.decimals);
  }
  return row;
}

function textOf(cell: Cell, decimals = 0): string {
  if (cell === null) return "";
  if (typeof cell === "string") return safeText(cell);
  if (!Number.isFinite(cell)) return "";
  return decimals === 0 ? String(Math.round(cell)) : cell.toFixed(decimals);
}

const NEEDS_QUOTES = /[",]/;
const LOOKS_LIKE_FORMULA = /^[=+\-@＝＋－＠]/;

/** Formatter of a table's rows: whole lines, each ended by a newline. */
export function lineFormatter(table: AnyTable): (rows: readonly string[][]) => string {
  const isText = table.columns.map((column) => column.unit === "text");
  const options = {
    escape_formulas: true,
    cast: {
      // A negative number is no formula.
      string: (value: string, { index }: { index: number }) =>
        isText[index] ? value : { value, escape_formulas: false },
    },
  };
  // Nearly every row is plain: joined, not stringified, it costs a tenth of the time and of the garbage.
  const isPlain = (cell: string, index: number) =>
    !NEEDS_QUOTES.test(cell) && !(isText[index] && LOOKS_LIKE_FORMULA.test(cell));
  return (rows) => {
    let text = "";
    for (const row of rows) text += row.every(isPlain) ? row.join(",") + "\n" : stringify([row], options);
    return text;
  };
}

/** The fields of one line, which holds no line break. Torn quotes end with the line. */
export function parseCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  let at = 0;
  while (true) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      if (comma < 0) return cells.concat(line.slice(at));
      cells.push(line.slice(at, comma));
      at = comma + 1;
      continue;
    }
    let cell = "";
    let close = line.indexOf('"', ++at);
    while (close >= 0 && line[close + 1] === '"') {
      cell += line.slice(at, close + 1);
      at = close + 2;
      close = line.indexOf('"', at);
    }
    cells.push(cell + line.slice(at, close < 0 ? line.length : close));
    if (close < 0 || close + 1 >= line.length) return cells;
    at = close + 2;
  }
}

/** Takes the apostrophe of the formula guard off again. */
export const unescapeFormula = (text: string): string =>
  /^'[=+\-@\t\r＝＋－＠]/.test(text) ? text.slice(1) : text;
