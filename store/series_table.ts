/** A table of numbers over time, read row by row in bounded memory and time. */

import type { RecordedSeries } from "../model/recorded_series.ts";
import { NUMBER_CELL, parseCell, parsed, parseTime, TEXT_CELL } from "./cell_parser.ts";
import { CsvRecordError, parseCsvRecord } from "./csv_record.ts";
import { MAX_LINE_BYTES } from "./csv.ts";
import { LineSplitter } from "./line_splitter.ts";
import {
  type ColumnMeaning,
  identityColumns,
  isEventTable,
  meaningOf,
  measures,
  namingColumn,
  timeColumn,
} from "./series_columns.ts";
import { MAX_GROUPS, SeriesGroups } from "./series_groups.ts";

/** Recorded data that cannot be read: one line with file, line and what to do. */
export class SeriesFormatError extends Error {
  override name = "SeriesFormatError";
  /** The file holds no table of series at all (prose, alerts), which in a directory is nothing wrong. */
  readonly notATable: boolean;

  constructor(message: string, notATable: boolean) {
    super(message);
    this.notATable = notATable;
  }
}

/** A part of a table: a file, or a rotated segment of it. */
export interface TablePart {
  name: string;
  /** Its bytes from the beginning, in pieces that are good until the next. */
  chunks(): Iterable<Uint8Array>;
}

const MAX_COLUMNS = 1000;
/** Lines of one record, whose quoted fields may hold line breaks. Each line that comes has it parsed anew. */
const MAX_RECORD_LINES = 100;

/**
 * One series per numeric column; where a time has several rows (a process log), one per identity and column.
 * Rows are put in the order of time. A torn last line is forgiven; series of more than 65,536 points are thinned.
 * @throws SeriesFormatError naming file and line
 */
export function parseSeries(source: string, parts: readonly TablePart[]): RecordedSeries[] {
  // Whether rows share a time, and which columns hold text, shows while reading; then the file is read once more.
  const plan: Plan = { isGrouped: false, textColumns: new Set() };
  for (let attempt = 0;; attempt++) {
    const table = new TableReader(source, plan);
    const isSettled = attempt > MAX_COLUMNS;
    if (parts.every((part) => table.read(part) || isSettled) && (table.finish() || isSettled)) {
      return table.series();
    }
  }
}

/** What was learned in an earlier pass. */
interface Plan {
  /** Rows of one time are told apart by their text. */
  isGrouped: boolean;
  textColumns: Set<number>;
}

interface NumericColumn {
  index: number;
  meaning: ColumnMeaning;
  /** false once text was met. */
  holds_numbers: boolean;
}

class TableReader {
  readonly #source: string;
  readonly #plan: Plan;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();
  #header: string[] | null = null;
  #delimiter = ",";
  #delimiterByte = 44;
  #time = -1;
  /** The table names its rows by columns that we know. */
  #isKnown = false;
  #identity: number[] = [];
  #naming = -1;
  #columns: NumericColumn[] = [];
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  /** Time and the value of each numeric column. */
  #row = new Float64Array(0);
  #groups = new SeriesGroups(0);
  #lastTime = NaN;
  #part = "";
  #line = 0;
  /** Lines of a record whose quoted field has not ended yet, and where it began. */
  #open: { text: string; line: number } | null = null;
  #again = false;
  #scratch = new Uint8Array(4096);

  constructor(source: string, plan: Plan) {
    this.#source = source;
    this.#plan = plan;
  }

  /** Reads a part; false where all has to be read once more with a better plan. */
  read({ name, chunks }: TablePart): boolean {
    this.#part = name;
    this.#line = 0;
    this.#open = null;
    const lines = new LineSplitter();
    const onLine = (bytes: Uint8Array, start: number, end: number) => this.#onLine(bytes, start, end);
    for (const chunk of chunks()) {
      lines.push(chunk, onLine, () => this.#onOverlong());
      if (this.#again) return false;
    }
    this.#lastLine(this.#decoder.decode(lines.rest()));
    return !this.#again;
  }

  /** Puts the rows in order; false where that shows several of one time that are not told apart. */
  finish(): boolean {
    if (this.#header === null) {
      throw new SeriesFormatError(`${this.#source}: is empty; give a CSV file with a Timestamp column`, true);
    }
    for (const { points } of this.#groups.all) points.sort();
    if (this.#isKnown || this.#plan.isGrouped) return true;
    this.#plan.isGrouped = this.#groups.all.some(({ points }) => points.hasRepeatedTimes());
    return !this.#plan.isGrouped;
  }

  series(): RecordedSeries[] {
    const series: RecordedSeries[] = [];
    for (const { label, points } of this.#groups.all) {
      this.#columns.forEach(({ index, meaning, holds_numbers }, i) => {
        if (!holds_numbers) return;
        const one = points.series(i + 1, meaning.scale);
        if (one.values.length === 0) return;
        const { unit, counter } = meaning;
        series.push({ source: this.#source, name: this.#header![index]! + label, unit, counter, ...one });
      });
    }
    return series;
  }

  #onLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.#again) return;
    this.#line++;
    const stop = end > start && bytes[end - 1] === 13 ? end - 1 : end;
    if (this.#open === null && stop === start) return;
    if (this.#line === 1 && this.#takeHeader(this.#decoder.decode(bytes.subarray(start, stop)))) return;
    if (this.#open === null && this.#split(bytes, start, stop)) {
      return this.#takeRow(bytes, this.#starts, this.#ends);
    }
    this.#takeQuoted(this.#decoder.decode(bytes.subarray(start, stop)));
  }

  /** Notes where the fields lie; false where one is quoted. */
  #split(bytes: Uint8Array, start: number, end: number): boolean {
    const starts = this.#starts, ends = this.#ends, delimiter = this.#delimiterByte, width = starts.length;
    let field = 0, begin = start;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 34) return false;
      if (byte !== delimiter) continue;
      if (field < width) {
        starts[field] = begin;
        ends[field] = at;
      }
      field++;
      begin = at + 1;
    }
    if (field < width) {
      starts[field] = begin;
      ends[field] = end;
    }
    this.#requireWidth(field + 1);
    return true;
  }

  /** A line with a quoted field, or the continuation of one: rare, so it may take its time. */
  #takeQuoted(line: string): void {
    const { text, line: first } = this.#open ?? { text: "", line: this.#line };
    const whole = this.#open ? `${text}\n${line}` : line;
    let cells: string[] | null;
    try {
      cells = parseCsvRecord(whole, this.#delimiter);
    } catch (error) {
      throw this.#malformed(error, first);
    }
    if (cells === null) {
      this.#open = { text: whole, line: first };
      if (whole.length > MAX_LINE_BYTES || this.#line - first > MAX_RECORD_LINES) {
        throw this.#malformed("a quoted field does not end", first);
      }
      return;
    }
    this.#open = null;
    this.#takeCells(cells);
  }

  /** Lays the fields down as the plain ones lie. */
  #takeCells(cells: readonly string[]): void {
    this.#requireWidth(cells.length);
    const needed = 3 * cells.reduce((sum, cell) => sum + cell.length, 0);
    if (needed > this.#scratch.length) this.#scratch = new Uint8Array(needed);
    let at = 0;
    cells.forEach((cell, index) => {
      this.#starts[index] = at;
      at += this.#encoder.encodeInto(cell, this.#scratch.subarray(at)).written;
      this.#ends[index] = at;
    });
    this.#takeRow(this.#scratch, this.#starts, this.#ends);
  }

  #takeRow(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): void {
    const time = parseTime(bytes, starts[this.#time]!, ends[this.#time]!);
    if (Number.isNaN(time)) return this.#refuseTime(bytes);
    const row = this.#row, columns = this.#columns;
    row[0] = time;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!, index = column.index;
      row[i + 1] = NaN;
      if (!column.holds_numbers) continue;
      const kind = parseCell(bytes, starts[index]!, ends[index]!);
      if (kind === NUMBER_CELL) row[i + 1] = parsed.number;
      else if (kind === TEXT_CELL) this.#meetText(column, bytes);
    }
    const isRepeated = time === this.#lastTime;
    this.#lastTime = time;
    if (isRepeated && !this.#isKnown && !this.#plan.isGrouped) {
      this.#plan.isGrouped = this.#again = true;
      return;
    }
    const group = this.#groups.of(bytes, starts, ends, this.#identity, () => this.#labelOf(bytes));
    if (group === null) {
      const most = MAX_GROUPS.toLocaleString("en");
      throw new SeriesFormatError(
        `${this.#part}:${this.#line}: the table is about more than ${most} things; give a part of it`,
        false,
      );
    }
    this.#groups.push(group, row);
  }

  /** Text where the name promises numbers is an error; elsewhere the column is one of text. */
  #meetText(column: NumericColumn, bytes: Uint8Array): void {
    if (column.meaning.strict) {
      throw new SeriesFormatError(
        `${this.#part}:${this.#line}: ${
          JSON.stringify(this.#cell(bytes, column.index).trim().slice(0, 40))
        } in column ${this.#header![column.index]} is no number; fix or remove the line`,
        false,
      );
    }
    column.holds_numbers = false;
    this.#plan.textColumns.add(column.index);
    // It tells rows apart: those before were grouped without it.
    if (this.#plan.isGrouped && !this.#isKnown) this.#again = true;
  }

  #labelOf(bytes: Uint8Array): string {
    if (this.#identity.length === 0) return "";
    const header = this.#header!, naming = this.#naming;
    const shown = naming >= 0 && !this.#identity.includes(naming)
      ? [...this.#identity, naming]
      : this.#identity;
    return `{${shown.map((i) => `${header[i]}=${JSON.stringify(this.#cell(bytes, i))}`).join(",")}}`;
  }

  #cell(bytes: Uint8Array, index: number): string {
    return this.#decoder.decode(bytes.subarray(this.#starts[index], this.#ends[index]));
  }

  /** Takes the first line of a part; false where it is a row after all, in a rotated segment without a header. */
  #takeHeader(line: string): boolean {
    const text = line.replace(/^\uFEFF/, "");
    if (text.trim() === "") return true;
    const delimiter = delimiterOf(text);
    let cells: string[] | null = null;
    try {
      cells = parseCsvRecord(text, delimiter);
    } catch (error) {
      throw this.#malformed(error, 1, true);
    }
    const names = (cells ?? text.split(delimiter)).map((cell) => cell.trim().replace(/^#\s*/, ""));
    if (this.#header !== null) return names.join() === this.#header.join();
    const time = timeColumn(names);
    requireTable(this.#part, names, time);
    this.#header = names;
    this.#delimiter = delimiter;
    this.#delimiterByte = delimiter.charCodeAt(0);
    this.#time = time;
    this.#starts = new Int32Array(names.length);
    this.#ends = new Int32Array(names.length);
    this.#naming = namingColumn(names);
    const { textColumns, isGrouped } = this.#plan;
    const isNumeric = (name: string, index: number) =>
      index !== time && measures(name) && !textColumns.has(index);
    this.#columns = names.flatMap((name, index) =>
      isNumeric(name, index) ? [{ index, meaning: meaningOf(name), holds_numbers: true }] : []
    );
    const known = identityColumns(names);
    this.#isKnown = known !== null;
    this.#identity = known ??
      (isGrouped ? names.map((_, i) => i).filter((i) => i !== time && !isNumeric(names[i]!, i)) : []);
    this.#row = new Float64Array(this.#columns.length + 1);
    this.#groups = new SeriesGroups(this.#columns.length);
    return true;
  }

  /** A last line without its end was perhaps torn: taken where it is whole, else left out without a word. */
  #lastLine(text: string): void {
    if (this.#open !== null) {
      if (this.#line - this.#open.line <= 1) return;
      throw this.#malformed("a quoted field does not end", this.#open.line);
    }
    if (text.trim() === "") return;
    this.#line++;
    if (this.#line === 1 && this.#takeHeader(text)) return;
    try {
      const cells = parseCsvRecord(text, this.#delimiter);
      if (cells?.length === this.#header!.length) this.#takeCells(cells);
    } catch (error) {
      if (!(error instanceof CsvRecordError || error instanceof SeriesFormatError)) throw error;
    }
  }

  #requireWidth(width: number): void {
    if (width === this.#starts.length) return;
    throw new SeriesFormatError(
      `${this.#part}:${this.#line}: has ${width} fields where the header has ${this.#starts.length}; fix or remove the line`,
      false,
    );
  }

  /** Not a time: a header in the middle (segments that were put together by hand), or an error. */
  #refuseTime(bytes: Uint8Array): void {
    const text = this.#cell(bytes, this.#time).trim();
    if (text.replace(/^#\s*/, "") === this.#header![this.#time]) return;
    throw new SeriesFormatError(
      `${this.#part}:${this.#line}: cannot read the time ${
        JSON.stringify(text.slice(0, 40))
      }; it has to be RFC 3339 or seconds since 1970`,
      false,
    );
  }

  #onOverlong(): void {
    throw new SeriesFormatError(
      `${this.#part}:${this.#line + 1}: is longer than 1 MiB; fix or remove the line`,
      this.#header === null,
    );
  }

  #malformed(error: unknown, line: number, notATable = false): SeriesFormatError {
    if (error instanceof Error && !(error instanceof CsvRecordError)) throw error;
    const why = error instanceof Error ? error.message : error;
    return new SeriesFormatError(
      `${this.#part}:${line}: is not valid CSV (${why}); fix or remove the line`,
      notATable,
    );
  }
}

function requireTable(name: string, header: string[], time: number): void {
  if (time < 0) {
    throw new SeriesFormatError(
      `${name}:1: has no Timestamp column; give a CSV file whose header names one`,
      true,
    );
  }
  if (isEventTable(header)) {
    throw new SeriesFormatError(`${name}:1: is a list of alerts, which hold no series`, true);
  }
  if (header.length > MAX_COLUMNS) {
    throw new SeriesFormatError(
      `${name}:1: has ${header.length} columns; give a table of at most 1,000`,
      false,
    );
  }
}

function delimiterOf(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, delimiter) => count(delimiter) > count(best) ? delimiter : best);
}
