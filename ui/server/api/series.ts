/** Values over time, as every chart draws them. */

import type { RatePerHour } from "../../../model/finding.ts";

/** A small series on its own scale. */
export interface Spark {
  time_seconds: number[];
  values: (number | null)[];
}

/** Series over a range: a mean per step, and its lowest and highest value where the step holds more than one sample. */
export interface SeriesReply {
  from_seconds: number;
  to_seconds: number;
  time_seconds: number[];
  columns: Record<string, (number | null)[]>;
  low: Record<string, (number | null)[]>;
  high: Record<string, (number | null)[]>;
}

/** A line that a verdict claims, to be drawn over a series. Values are in the finding's unit. */
export interface Trend {
  /** What the detector looked at: its segments or floors. */
  view_name: string;
  time_seconds: number[];
  values: number[];
  rate_per_hour: RatePerHour | null;
}
