/** What a log table is: named columns, each with its unit, its meaning and where its value comes from and goes back to. */

export type Cell = string | number | null;

/** What a column's numbers count; `text` and `time` columns hold no numbers. */
export type ColumnUnit =
  | "time"
  | "text"
  | "KB"
  | "KB/s"
  | "s"
  | "bytes"
  | "percent"
  | "ratio"
  | "count"
  | "µs";

/** One column. `value` gets the thing that the row is about and the wall clock of its sample in Unix seconds. */
export interface Column<Item> {
  name: string;
  unit: ColumnUnit;
  doc: string;
  /** Digits after the point; 0 where it is not given. */
  decimals?: number;
  /** null: could not be read; it becomes an empty field. */
  value(item: Item, wallSeconds: number): Cell;
  /** Puts a recorded cell back where `value` found it. Columns that follow from others have none. */
  restore?(item: Item, cell: string): void;
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

/** What the last row of a thing that is gone says. */
export const ENDED = "ended";

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

/** Names of the fields of `Part` that hold such values. */
type FieldsOf<Part, Value> =
  & { [Key in keyof Part]-?: Part[Key] extends Value ? Key : never }[keyof Part]
  & string;

/**
 * Makers of columns that hold fields of one record, as they are, and are read back into it. `of` finds the record in the
 * item of a row; null: there is none, and the cell is empty.
 */
export function columnsOf<Item, Part extends object>(of: (item: Item) => Part | null) {
  type NumberField = FieldsOf<Part, number | null | undefined>;
  type TextField = FieldsOf<Part, string | null | undefined>;
  const set = (item: Item, key: string, value: Cell) => {
    const part = of(item) as Record<string, Cell> | null;
    if (part) part[key] = value;
  };
  const numbers =
    (unit: ColumnUnit, factor = 1, decimals = 0) =>
    (name: string, doc: string, key: NumberField): Column<Item> => ({
      name,
      unit,
      doc,
      decimals,
      value(item) {
        const number = of(item)?.[key] as number | null | undefined;
        return number == null ? null : number / factor;
      },
      restore: (item, cell) => set(item, key, cell === "" ? null : Number(cell) * factor),
    });
  return {
    size: numbers("KB", 1024),
    count: numbers("count"),
    seconds: numbers("s", 1, 2),
    percent: numbers("percent", 1, 2),
    microseconds: numbers("µs"),
    bytes: numbers("bytes"),
    text: (name: string, doc: string, key: TextField): Column<Item> => ({
      name,
      unit: "text",
      doc,
      value: (item) => (of(item)?.[key] as string | null | undefined) ?? null,
      restore: (item, cell) => set(item, key, cell === "" ? null : cell),
    }),
  };
}

/** Unix seconds as `2026-11-20T12:53:14.123Z`. */
export function rfc3339(seconds: number): string {
  if (seconds !== lastSeconds) {
    lastText = new Date(Math.round(seconds * 1000)).toISOString();
    lastSeconds = seconds;
  }
  return lastText;
}

/** All rows of a sample have one time. */
let lastSeconds = NaN, lastText = "";

/** Bytes as KB of 1,024, as the kernel and the old scripts count them. */
export const kb = (bytes: number | null): number | null => bytes === null ? null : Math.round(bytes / 1024);

/** Share in percent; null where either is unknown or the whole is 0. */
export const percent = (part: number | null, whole: number | null): number | null =>
  part === null || !whole ? null : part / whole * 100;
