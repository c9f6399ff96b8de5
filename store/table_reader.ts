/**
 * Streams a table of a recorded session, rotated segments included. It forgives what power cuts, full disks and retention
 * leave behind: a torn last line, a missing or half segment, a header in the middle; such rows are skipped and counted.
 */

import fs from "node:fs";
import type { SessionEntry } from "./catalog.ts";
import { parseCsvLine, unescapeFormula } from "./csv.ts";
import { rfc3339 } from "./table.ts";

export interface ReadOptions {
  from_seconds?: number;
  to_seconds?: number;
  /** Columns to return, in this order; all of the first segment's where it is not given. Unknown ones are empty. */
  columns?: readonly string[];
  /** At least this far apart: samples between are skipped unparsed. */
  every_seconds?: number;
}

export interface TableRow {
  time_seconds: number;
  /** One per column asked for; "" is an empty field. */
  cells: string[];
}

const CHUNK_BYTES = 1 << 20;

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
    for await (const bytes of bytesOf(segment.path, segment.compressed)) {
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
  for await (const text of textOf(segment.path, segment.compressed)) {
    head += text;
    const end = head.indexOf("\n");
    if (end >= 0) return parseCsvLine(head.slice(0, end));
  }
  return [];
}

/** Lines of a text log, oldest first; the last one only if it is whole. */
export async function* readLines(session: SessionEntry, log: string): AsyncGenerator<string[]> {
  for (const segment of session.logs[log] ?? []) {
    let rest = "";
    for await (const text of textOf(segment.path, segment.compressed)) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      if (lines.length > 0) yield lines;
    }
  }
}

const NEW_LINE = 10;
const COMMA = 44;
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
  readonly #decoder = new TextDecoder();
  #header: string | null = null;
  #indexes: number[] = [];
  #width = 0;
  #rest = NOTHING;
  #stamp = NOTHING;
  #wanted = false;
  #time = 0;
  #lastTime = -Infinity;

  constructor(columns: readonly string[] | undefined, options: ReadOptions) {
    this.columns = columns;
    this.#from = options.from_seconds === undefined ? "" : rfc3339(options.from_seconds);
    this.#to = options.to_seconds === undefined ? "~" : rfc3339(options.to_seconds);
    this.#everyMilliseconds = (options.every_seconds ?? 0) * 1000;
  }

  push(bytes: Uint8Array): TableRow[] {
    const rows: TableRow[] = [];
    let start = 0;
    if (this.#rest.length > 0) {
      const end = bytes.indexOf(NEW_LINE);
      const line = joined(this.#rest, end < 0 ? bytes : bytes.subarray(0, end));
      this.#rest = end < 0 ? line : NOTHING;
      if (end < 0) return rows;
      this.#line(line, 0, line.length, rows);
      start = end + 1;
    }
    for (let end = bytes.indexOf(NEW_LINE, start); end >= 0; end = bytes.indexOf(NEW_LINE, start)) {
      this.#line(bytes, start, end, rows);
      start = end + 1;
    }
    // A copy: the next chunk comes in the same buffer.
    this.#rest = bytes.slice(start);
    return rows;
  }

  #line(bytes: Uint8Array, start: number, end: number, rows: TableRow[]): void {
    if (this.#header === null) return this.#readHeader(this.#text(bytes, start, end));
    if (!this.#isSameStamp(bytes, start, end)) this.#judgeStamp(bytes, start, end);
    if (!this.#wanted) return;
    const cells = parseCsvLine(this.#text(bytes, start, end));
    if (cells.length !== this.#width) return;
    rows.push({
      time_seconds: this.#time / 1000,
      cells: this.#indexes.map((index) => index < 0 ? "" : unescapeFormula(cells[index]!)),
    });
  }

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

  #judgeStamp(bytes: Uint8Array, start: number, end: number): void {
    const comma = bytes.indexOf(COMMA, start);
    const stop = comma < 0 || comma > end ? end : comma;
    this.#stamp = bytes.slice(start, stop);
    this.#wanted = this.#isWanted(this.#text(bytes, start, stop));
  }

  #readHeader(line: string): void {
    this.#header = line;
    const names = parseCsvLine(line);
    this.columns ??= names;
    this.#indexes = this.columns.map((name) => names.indexOf(name));
    this.#width = names.length;
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

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Decoded text of a file in chunks; ends quietly where a compressed one breaks off or the file has gone. */
async function* textOf(path: string, compressed: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(path, compressed)) yield decoder.decode(bytes, { stream: true });
}

/** The bytes of a file in chunks, good until the next one; ends as quietly. */
async function* bytesOf(path: string, compressed: boolean): AsyncGenerator<Uint8Array> {
  try {
    yield* compressed ? gunzipped(path) : chunksOf(path);
  } catch {
    return;
  }
}

function* chunksOf(path: string): Generator<Uint8Array<ArrayBuffer>> {
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const buffer = new Uint8Array(CHUNK_BYTES);
    while (true) {
      const count = fs.readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    fs.closeSync(file);
  }
}

function gunzipped(path: string): ReadableStream<Uint8Array> {
  const chunks = chunksOf(path);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = chunks.next();
      if (done) return controller.close();
      controller.enqueue(value.slice());
    },
    cancel() {
      chunks.return(undefined);
    },
  });
  return source.pipeThrough(new DecompressionStream("gzip"));
}
