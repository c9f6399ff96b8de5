import type { Unit } from "./finding.ts";

/** One series from recorded data: a column, or one identity's part of a column. Sizes are in bytes already. */
export interface RecordedSeries {
  /** The file it came from. */
  source: string;
  /** The column; with its identity in braces where a table holds several: `RSS_KB{PID="812"}`. */
  name: string;
  unit: Unit;
  /** A counter only ever counts up; its level says nothing. */
  counter: boolean;
  /** Seconds since the Unix epoch, ascending. */
  times_seconds: number[];
  values: number[];
}
