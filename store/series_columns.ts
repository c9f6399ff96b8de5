import type { Unit } from "../model/finding.ts";

/** What a column's name says about its values. */
export interface ColumnMeaning {
  unit: Unit;
  /** Factor to bytes (or 1). */
  scale: number;
  counter: boolean;
  /** The name promises numbers: text in it is an error, not another kind of column. */
  strict: boolean;
}

const SIZES: readonly [RegExp, number][] = [
  [/_ki?b$/i, 1024],
  [/_mi?b$/i, 1024 ** 2],
  [/_gi?b$/i, 1024 ** 3],
  [/_bytes$/i, 1],
];

/** Columns that count up for ever: Prometheus's `_total`, PSI's stall times, OOM kills, what a process has used so far. */
const COUNTER =
  /(_total|_total_us|oom_kills|_bucket|_count|_sum|_faults|cpu_seconds|^collections|^collection_seconds|^(read|written|swap_in|swap_out)_kb)$/i;
/** sysstat's own names, as `sadf -d` and pidstat write them. */
const SYSSTAT_KB = /^(kb[a-z]+|vsz|rss|stksize|stkref)$/i;

/** The unit from the suffix (`_KB`, `_MB`, `_Bytes`, `_Percent`; none: count), and from sysstat's prefixes. */
export function meaningOf(column: string): ColumnMeaning {
  const counter = COUNTER.test(column), bare = column.replace(/_total$/i, "");
  for (const [pattern, scale] of SIZES) {
    if (pattern.test(bare)) return { unit: "bytes", scale, counter, strict: true };
  }
  if (/_percent$/i.test(column) || column.startsWith("%")) {
    return { unit: "percent", scale: 1, counter, strict: true };
  }
  if (SYSSTAT_KB.test(column)) return { unit: "bytes", scale: 1024, counter, strict: false };
  return { unit: "count", scale: 1, counter, strict: false };
}

/** Numbers that name something instead of measuring it. */
const NUMBERS_THAT_NAME = new Set([
  "pid",
  "ppid",
  "tid",
  "tgid",
  "uid",
  "gid",
  "start_time",
  "start_ticks",
  "exec_count",
  "descriptor_limit",
  "creator_pid",
  "id",
  "node",
  "interval",
  "hostname",
  "object_bytes",
  // They belong to whichever process was on top at the time: no series of one thing.
  "top_process",
  "top_process_mem",
  "top_process_swap_kb",
]);

export function measures(column: string): boolean {
  return !NUMBERS_THAT_NAME.has(column.toLowerCase());
}

/** What tells rows of one time apart, best first; a table's identity is the first set it has whole. */
const IDENTITIES: readonly (readonly string[])[] = [
  ["pid", "start_time"],
  ["pid"],
  ["engine", "container_id"],
  ["container_id"],
  ["cache"],
  ["node", "zone"],
  ["engine", "kind"],
  ["mount"],
  ["kind", "name", "id"],
  ["unit"],
];
/** Shown beside an identity, so that people know who it is. */
const SHOWN = new Set(["name", "command"]);

/** Columns (by index) that tell a table's rows apart, where its header names ones that we know. */
export function identityColumns(header: readonly string[]): number[] | null {
  const lower = header.map((name) => name.toLowerCase());
  const known = IDENTITIES.find((set) => set.every((name) => lower.includes(name)));
  return known ? known.map((name) => lower.indexOf(name)) : null;
}

/** The column that names an identity for people, or -1. */
export function namingColumn(header: readonly string[]): number {
  return header.findIndex((name) => SHOWN.has(name.toLowerCase()));
}

/** Index of the time column, or -1. */
export function timeColumn(header: readonly string[]): number {
  const lower = header.map((name) => name.toLowerCase());
  for (const name of ["timestamp", "time", "datetime", "date"]) {
    if (lower.includes(name)) return lower.indexOf(name);
  }
  return -1;
}

/** Alerts are a table with a time and numbers too, but their numbers are of as many things as there are rules. */
export function isEventTable(header: readonly string[]): boolean {
  const lower = header.map((name) => name.toLowerCase());
  return lower.includes("rule") && lower.includes("severity");
}
