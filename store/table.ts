/** What a log table is: named columns, each with its unit, its meaning and where its value comes from. */

export type Cell = string | number | null;

/** What a column's numbers count; `text` and `time` columns hold no numbers. */
export type ColumnUnit = "time" | "text" | "KB" | "KB/s" | "bytes" | "percent" | "ratio" | "count" | "µs";

/** One column. `value` gets the thing that the row is about and the wall clock of its sample in Unix seconds. */
export interface Column<Item> {
  name: string;
  unit: ColumnUnit;
  doc: string;
  /** Digits after the point; 0 where it is not given. */
  decimals?: number;
  /** null: could not be read; it becomes an empty field. */
  value(item: Item, wallSeconds: number): Cell;
}

/** One log: a CSV table with one header. `name` is the last part of its file name. */
export interface Table<Item> {
  name: string;
  doc: string;
  /** Which rows it gets, and when: for docs/logs.md. */
  rows: string;
  columns: readonly Column<Item>[];
}

/** A table of whatever: for those who only look at names and columns. */
// deno-lint-ignore no-explicit-any
export type AnyTable = Table<any>;

export const headerOf = (table: AnyTable): string => table.columns.map((column) => column.name).join(",");

/** The first column of every table. Milliseconds make it one width, so that it sorts as text. */
export function timestampColumn<Item>(): Column<Item> {
  return {
    name: "Timestamp",
    unit: "time",
    doc: "When the sample was taken: RFC 3339, UTC",
    value: (_item, wallSeconds) => rfc3339(wallSeconds),
  };
}

/** A column of words. */
export const text = <Item>(
  name: string,
  doc: string,
  value: (item: Item) => string | null,
): Column<Item> => ({
  name,
  unit: "text",
  doc,
  value,
});

/** A column of whole numbers of something. */
export const count = <Item>(
  name: string,
  doc: string,
  value: (item: Item) => number | null,
): Column<Item> => ({
  name,
  unit: "count",
  doc,
  value,
});

/** Unix seconds as `2026-11-20T12:53:14.123Z`. */
export const rfc3339 = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString();

/** Bytes as KB of 1,024, as the kernel and the old scripts count them. */
export const kb = (bytes: number | null): number | null => bytes === null ? null : Math.round(bytes / 1024);

/** Share in percent; null where either is unknown or the whole is 0. */
export const percent = (part: number | null, whole: number | null): number | null =>
  part === null || !whole ? null : part / whole * 100;
