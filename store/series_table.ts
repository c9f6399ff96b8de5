import type { RecordedSeries } from "../model/recorded_series.ts";
import { CsvError, parse } from "csv-parse/sync";
import {
  type ColumnMeaning,
  identityColumns,
  isEventTable,
  meaningOf,
  measures,
  namingColumn,
  timeColumn,
} from "./series_columns.ts";

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
  text: string;
}

interface Row {
  time: number;
  cells: string[];
  part: string;
  line: number;
}

/** Milliseconds have thirteen digits from 2001 to 2286, seconds have ten. */
const MIN_MILLISECONDS = 1e11;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What exports write where there is no value. */
const MISSING = new Set(["", "nan", "null", "none", "n/a", "-", "inf", "+inf", "-inf"]);

/**
 * One series per numeric column; where a time has several rows (a process log), one per identity and column.
 * Rows are put in the order of time. A torn last line is forgiven.
 */
export function parseSeries(source: string, parts: readonly TablePart[]): RecordedSeries[] {
  let header: string[] | null = null;
  const rows: Row[] = [];
  for (const part of parts) header = readPart(part, header, rows);
  if (!header) {
    throw new SeriesFormatError(`${source}: is empty; give a CSV file with a Timestamp column`, true);
  }
  rows.sort((a, b) => a.time - b.time);
  const columns = numericColumns(header, rows);
  const groups = groupRows(header, rows, columns.map((column) => column.index));
  const series: RecordedSeries[] = [];
  for (const { label, members } of groups) {
    for (const { index, name, meaning } of columns) {
      const one = columnOf(members, index, meaning);
      if (one.values.length === 0) continue;
      series.push({ source, name: name + label, unit: meaning.unit, counter: meaning.counter, ...one });
    }
  }
  return series;
}

/** Reads a part's rows; the header of the first part holds for all. */
function readPart({ name, text }: TablePart, known: string[] | null, rows: Row[]): string[] | null {
  const firstEnd = text.indexOf("\n"),
    firstLine = (firstEnd < 0 ? text : text.slice(0, firstEnd)).replace(/^\uFEFF/, "");
  if (firstLine.trim() === "") return known;
  const delimiter = delimiterOf(firstLine);
  let header = known, time = known ? timeColumn(known) : -1;
  const onRecord = (record: { record: string[]; info: { lines: number } }): null => {
    const { record: cells, info: { lines: line } } = record;
    if (line === 1) {
      const names = cells.map((cell) => cell.trim().replace(/^#\s*/, ""));
      if (!known || names.join() === known.join()) {
        header = names;
        time = timeColumn(names);
        requireTable(name, names, time);
        return null;
      }
    }
    // A header in the middle: segments of a log that were put together by hand.
    if (cells[0] === header![0] && cells[time] === header![time]) return null;
    if (cells.length !== header!.length) {
      throw new SeriesFormatError(
        `${name}:${line}: has ${cells.length} fields where the header has ${
          header!.length
        }; mend or remove the line`,
        false,
      );
    }
    rows.push({ time: timeOf(cells[time]!, name, line), cells, part: name, line });
    return null;
  };
  const options = {
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    bom: true,
    info: true as const,
  };
  const cut = text.lastIndexOf("\n") + 1, before = rows.length;
  try {
    parse(text.slice(0, cut), { ...options, on_record: onRecord as never });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as { lines?: number }).lines ?? 0);
    const torn = error.code === "CSV_QUOTE_NOT_CLOSED" && line >= text.slice(0, cut).split("\n").length - 2;
    if (!torn) throw malformed(name, line, error.message);
  }
  lastLine(text.slice(cut), header, (cells) => {
    const line = (rows.length - before) + 2;
    if (header === null) onRecord({ record: cells, info: { lines: 1 } });
    else rows.push({ time: timeOf(cells[time]!, name, line), cells, part: name, line });
  }, options);
  return header;
}

/** A last line without its end was perhaps torn: taken where it is whole, else left out without a word. */
function lastLine(
  text: string,
  header: string[] | null,
  take: (cells: string[]) => void,
  options: { delimiter: string },
): void {
  if (text.trim() === "") return;
  let cells: string[] | undefined;
  try {
    cells = (parse(text, { delimiter: options.delimiter, relax_column_count: true }) as string[][])[0];
  } catch {
    return;
  }
  if (header === null && cells) return take(cells);
  if (!cells || cells.length !== header?.length) return;
  try {
    take(cells);
  } catch (error) {
    if (!(error instanceof SeriesFormatError)) throw error;
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
}

function malformed(name: string, line: number, why: string): SeriesFormatError {
  return new SeriesFormatError(`${name}:${line}: is no valid CSV (${why}); mend or remove the line`, false);
}

function delimiterOf(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, delimiter) => count(delimiter) > count(best) ? delimiter : best);
}

/** RFC 3339, "YYYY-MM-DD HH:MM:SS[ UTC]", epoch seconds or milliseconds. */
function timeOf(text: string, name: string, line: number): number {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) {
    const value = Number(trimmed);
    return Math.abs(value) >= MIN_MILLISECONDS ? value / 1000 : value;
  }
  const time = Date.parse(trimmed.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/, "$1T$2").replace(/ UTC$/, "Z"));
  if (Number.isNaN(time)) {
    throw new SeriesFormatError(
      `${name}:${line}: cannot read the time "${
        trimmed.slice(0, 40)
      }"; it has to be RFC 3339 or seconds since 1970`,
      false,
    );
  }
  return time / 1000;
}

interface NumericColumn {
  index: number;
  name: string;
  meaning: ColumnMeaning;
}

/** Columns that hold numbers and measure something. Text in a column whose name promises a size is an error. */
function numericColumns(header: readonly string[], rows: readonly Row[]): NumericColumn[] {
  const columns: NumericColumn[] = [], time = timeColumn(header);
  header.forEach((name, index) => {
    if (index === time || !measures(name)) return;
    const meaning = meaningOf(name);
    let numbers = 0;
    for (const { cells, part, line } of rows) {
      const cell = cells[index]!.trim();
      if (NUMBER.test(cell)) numbers++;
      else if (!MISSING.has(cell.toLowerCase())) {
        if (!meaning.strict) return;
        throw new SeriesFormatError(
          `${part}:${line}: ${
            JSON.stringify(cell.slice(0, 40))
          } in column ${name} is no number; mend or remove the line`,
          false,
        );
      }
    }
    if (numbers > 0) columns.push({ index, name, meaning });
  });
  return columns;
}

interface Group {
  label: string;
  members: Row[];
}

/** A group per identity: by the columns we know for it, or, where a time has several rows, by all text columns. */
function groupRows(header: readonly string[], rows: Row[], numeric: readonly number[]): Group[] {
  let repeated = false;
  for (let i = 1; i < rows.length && !repeated; i++) repeated = rows[i]!.time === rows[i - 1]!.time;
  const time = timeColumn(header), naming = namingColumn(header);
  const text = header.map((_, i) => i).filter((i) => i !== time && !numeric.includes(i));
  const identity = identityColumns(header) ?? (repeated ? text : []);
  if (identity.length === 0) return [{ label: "", members: rows }];
  const groups = new Map<string, Group>();
  const shown = naming >= 0 && !identity.includes(naming) ? [...identity, naming] : identity;
  for (const row of rows) {
    const key = JSON.stringify(identity.map((i) => row.cells[i]));
    const group = groups.get(key);
    if (group) group.members.push(row);
    else {
      const label = shown.map((i) => `${header[i]}=${JSON.stringify(row.cells[i])}`).join(",");
      groups.set(key, { label: `{${label}}`, members: [row] });
    }
  }
  return [...groups.values()];
}

function columnOf(
  rows: readonly Row[],
  index: number,
  { scale }: ColumnMeaning,
): Pick<RecordedSeries, "times_seconds" | "values"> {
  const times: number[] = [], values: number[] = [];
  for (const { time, cells } of rows) {
    const cell = cells[index]!;
    // The empty string would read as 0.
    const value = cell === "" || MISSING.has(cell.toLowerCase()) ? NaN : Number(cell);
    if (Number.isNaN(value)) continue;
    times.push(time);
    values.push(value * scale);
  }
  return { times_seconds: times, values };
}
