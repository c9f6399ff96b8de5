/**
 * Streams a table of a recorded session, rotated segments included. It forgives what power cuts, full disks and retention
 * leave behind: a torn last line, a missing or half segment, a header in the middle; such rows are skipped. So are lines of
 * more than 1 MiB. The event loop is served while it reads.
 */

import type { Segment, SessionEntry } from "./catalog.ts";
import { MAX_LINE_BYTES, parseCsvLine, unescapeFormula } from "./csv.ts";
import { streamChunks } from "./file_chunks.ts";
import { LineSplitter } from "./line_splitter.ts";
import { rfc3339 } from "./table.ts";

export interface ReadOptions {
  from_seconds?: number;
  to_seconds?: number;
  /** Columns to return, in this order; all of the first segment's where it is not given. Unknown ones are empty. */
  columns?: readonly string[];
  /** Rows are LazyRows, torn ones among them. */
  lazy?: boolean;
  /** At least this far apart: samples between are skipped unparsed. */
  every_seconds?: number;
}

export interface TableRow {
  readonly time_seconds: number;
  /** One per column asked for; "" is an empty field. */
  readonly cells: string[];
}

/** A row that is taken apart when its cells are asked for: of many rows only the line is ever wanted. */
export class LazyRow implements TableRow {
  readonly time_seconds: number;
  readonly line: string;
  readonly #split: (line: string) => string[] | null;
  #cells: string[] | null = null;

  constructor(timeSeconds: number, line: string, split: (line: string) => string[] | null) {
    this.time_seconds = timeSeconds;
    this.line = line;
    this.#split = split;
  }

  /** None where the line is torn. */
  get cells(): string[] {
    return this.#cells ??= this.#split(this.line) ?? [];
  }
}

/** Rows in the order of the log. Batches, so that a long log costs no promise per row. */
export async function* readTable(
  session: SessionEntry,
  table: string,
  options: ReadOptions = {},
): AsyncGenerator<TableRow[]> {
  let columns = options.columns;
  for (const segment of session.logs[table] ?? []) {
    if (options.from_seconds !== undefined && segment.modified_seconds < options.from_seconds - 60) continue;
    const parser = new SegmentParser(columns, options);
    for await (const bytes of bytesOf(segment)) {
      const rows = parser.push(bytes);
      columns ??= parser.columns;
      if (rows.length > 0) yield rows;
      if (parser.done) return;
    }
  }
}

/** The header of a table's newest segment; empty where the session has no such table. */
export async function readColumns(session: SessionEntry, table: string): Promise<string[]> {
  const segment = session.logs[table]?.at(-1);
  if (!segment) return [];
  let head = "";
  for await (const text of textOf(segment)) {
    head += text;
    const end = head.indexOf("\n");
    if (end >= 0) return parseCsvLine(head.slice(0, end));
    if (head.length > MAX_LINE_BYTES) break;
  }
  return [];
}

/** Lines of a text log, oldest first; the last one only if it is whole. */
export async function* readLines(session: SessionEntry, log: string): AsyncGenerator<string[]> {
  for (const segment of session.logs[log] ?? []) {
    const splitter = new LineSplitter(), decoder = new TextDecoder();
    for await (const bytes of bytesOf(segment)) {
      const lines: string[] = [];
      splitter.push(bytes, (line, start, end) => lines.push(decoder.decode(line.subarray(start, end))));
      if (lines.length > 0) yield lines;
    }
  }
}

const COMMA = 44;
/** A header with more names is none of ours, and no row fits it. */
const MAX_COLUMNS = 1000;
const NO_WIDTH = -1;
/** RFC 3339 with nanoseconds and an offset has 35. */
const MAX_STAMP_BYTES = 40;
const NOTHING = new Uint8Array();

/**
 * Finds lines in bytes and decodes only those that are wanted: a long log read at a few moments makes hardly any garbage.
 */
class SegmentParser {
  columns: readonly string[] | undefined;
  done = false;
  readonly #from: string;
  readonly #to: string;
  readonly #everyMilliseconds: number;
  readonly #lazy: boolean;
  readonly #decoder = new TextDecoder();
  #header: string | null = null;
  #indexes: number[] = [];
  #width = 0;
  readonly #lines = new LineSplitter();
  #stamp = NOTHING;
  #wanted = false;
  #time = 0;
  #lastTime = -Infinity;

  constructor(columns: readonly string[] | undefined, options: ReadOptions) {
    this.columns = columns;
    this.#from = options.from_seconds === undefined ? "" : rfc3339(options.from_seconds);
    this.#to = options.to_seconds === undefined ? "~" : rfc3339(options.to_seconds);
    this.#lazy = options.lazy ?? false;
    this.#everyMilliseconds = (options.every_seconds ?? 0) * 1000;
  }

  push(bytes: Uint8Array): TableRow[] {
    const rows: TableRow[] = [];
    this.#lines.push(bytes, (line, start, end) => this.#line(line, start, end, rows));
    return rows;
  }

  #line(bytes: Uint8Array, start: number, end: number, rows: TableRow[]): void {
    if (this.#header === null) return this.#readHeader(this.#text(bytes, start, end));
    if (!this.#isSameStamp(bytes, start, end)) this.#checkTimestamp(bytes, start, end);
    if (!this.#wanted) return;
    const line = this.#text(bytes, start, end), time_seconds = this.#time / 1000;
    if (this.#lazy) {
      rows.push(new LazyRow(time_seconds, line, this.#split));
      return;
    }
    const cells = this.#split(line);
    if (cells) rows.push({ time_seconds, cells });
  }

  readonly #split = (line: string): string[] | null => {
    const cells = parseCsvLine(line);
    if (cells.length !== this.#width) return null;
    return this.#indexes.map((index) => index < 0 ? "" : unescapeFormula(cells[index]!));
  };

  #text(bytes: Uint8Array, start: number, end: number): string {
    return this.#decoder.decode(bytes.subarray(start, end));
  }

  /** Rows of one sample share their timestamp: it is judged once. */
  #isSameStamp(bytes: Uint8Array, start: number, end: number): boolean {
    const stamp = this.#stamp, length = stamp.length;
    if (length === 0 || start + length >= end || bytes[start + length] !== COMMA) return false;
    for (let i = length - 1; i >= 0; i--) if (bytes[start + i] !== stamp[i]) return false;
    return true;
  }

  #checkTimestamp(bytes: Uint8Array, start: number, end: number): void {
    let stop = start;
    while (stop < end && bytes[stop] !== COMMA) stop++;
    this.#stamp = bytes.slice(start, stop);
    this.#wanted = stop - start <= MAX_STAMP_BYTES && this.#isWanted(this.#text(bytes, start, stop));
  }

  #readHeader(line: string): void {
    this.#header = line;
    const names = parseCsvLine(line);
    this.columns ??= names.slice(0, MAX_COLUMNS);
    this.#indexes = this.columns.map((name) => names.indexOf(name));
    this.#width = names.length <= MAX_COLUMNS ? names.length : NO_WIDTH;
  }

  #isWanted(stamp: string): boolean {
    if (stamp < this.#from || stamp > this.#to) return false;
    const time = Date.parse(stamp);
    if (Number.isNaN(time)) return false;
    // A clock set back counts as the next sample.
    if (time >= this.#lastTime && time - this.#lastTime < this.#everyMilliseconds) return false;
    this.#lastTime = this.#time = time;
    return true;
  }
}

/** Decoded text of a file in chunks; ends quietly where a compressed one breaks off or the file has gone. */
async function* textOf(segment: Segment): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(segment)) yield decoder.decode(bytes, { stream: true });
}

/** The bytes of a file in chunks, good until the next one; ends as quietly. */
async function* bytesOf({ path }: Segment): AsyncGenerator<Uint8Array> {
  try {
    yield* streamChunks(path);
  } catch {
    return;
  }
}
