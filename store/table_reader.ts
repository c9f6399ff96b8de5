/**
 * Streams a table of a recorded session, rotated segments included. It forgives what power cuts, full disks and retention
 * leave behind: a torn last line, a missing or half segment, a header in the middle; such rows are skipped and counted.
 */

import fs from "node:fs";
import type { SessionEntry } from "./catalog.ts";
import { splitLine, withoutGuard } from "./csv.ts";
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
    for await (const text of textOf(segment.path, segment.compressed)) {
      const rows = parser.push(text);
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
    if (end >= 0) return splitLine(head.slice(0, end));
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

class SegmentParser {
  columns: readonly string[] | undefined;
  done = false;
  readonly #from: string;
  readonly #to: string;
  readonly #everyMilliseconds: number;
  #header: string | null = null;
  #indexes: number[] = [];
  #width = 0;
  #rest = "";
  #stamp = "";
  #wanted = false;
  #time = 0;
  #lastTime = -Infinity;

  constructor(columns: readonly string[] | undefined, options: ReadOptions) {
    this.columns = columns;
    this.#from = options.from_seconds === undefined ? "" : rfc3339(options.from_seconds);
    this.#to = options.to_seconds === undefined ? "~" : rfc3339(options.to_seconds);
    this.#everyMilliseconds = (options.every_seconds ?? 0) * 1000;
  }

  push(text: string): TableRow[] {
    const rows: TableRow[] = [];
    const all = this.#rest ? this.#rest + text : text;
    let start = 0;
    for (let end = all.indexOf("\n"); end >= 0; end = all.indexOf("\n", start)) {
      this.#line(all, start, end, rows);
      start = end + 1;
    }
    this.#rest = all.slice(start);
    return rows;
  }

  #line(all: string, start: number, end: number, rows: TableRow[]): void {
    if (this.#header === null) return this.#readHeader(all.slice(start, end));
    if (!this.#isWanted(all.slice(start, all.indexOf(",", start)))) return;
    const cells = splitLine(all.slice(start, end));
    if (cells.length !== this.#width) return;
    rows.push({
      time_seconds: this.#time / 1000,
      cells: this.#indexes.map((index) => index < 0 ? "" : withoutGuard(cells[index]!)),
    });
  }

  #readHeader(line: string): void {
    this.#header = line;
    const names = splitLine(line);
    this.columns ??= names;
    this.#indexes = this.columns.map((name) => names.indexOf(name));
    this.#width = names.length;
  }

  /** Rows of one sample share their timestamp: it is judged once. */
  #isWanted(stamp: string): boolean {
    if (stamp === this.#stamp) return this.#wanted;
    this.#stamp = stamp;
    this.#wanted = false;
    if (stamp < this.#from || stamp > this.#to) return false;
    const time = Date.parse(stamp);
    if (Number.isNaN(time)) return false;
    // A clock set back counts as the next sample.
    if (time >= this.#lastTime && time - this.#lastTime < this.#everyMilliseconds) return false;
    this.#lastTime = this.#time = time;
    return this.#wanted = true;
  }
}

/** Decoded text of a file in chunks; ends quietly where a compressed one breaks off or the file has gone. */
async function* textOf(path: string, compressed: boolean): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of compressed ? gunzipped(path) : chunksOf(path)) {
      yield decoder.decode(chunk, { stream: true });
    }
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
