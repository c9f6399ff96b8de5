/** What a chart is given to draw. */

import type { TimeRange } from "./time_axis.ts";

export interface PlotSeries {
  /** Custom property that holds the colour. */
  color: string;
  /** `area` fills down to the axis, opaque: stacked areas are given from the top of the stack to its bottom. */
  kind: "area" | "line" | "dash";
  width?: number;
  hatched?: boolean;
  values: (number | null)[];
  /** Stands at the line's beginning on paper, where colours do not tell lines apart. */
  label?: string;
  /** Lowest and highest value per point, drawn as a band behind the line. */
  low?: (number | null)[];
  high?: (number | null)[];
}

export interface PlotMark {
  time: number;
  tone: "leak" | "watch" | "calm";
}

/** A line with a band that widens from its end: what a verdict claims, and where it leads. */
export interface PlotTrend {
  color: string;
  time: number[];
  values: number[];
  /** Per second, beyond the last point: low, mid, high. */
  slope: [number, number, number] | null;
  /** Segments that the detector saw are drawn as dots. */
  dots: boolean;
}

export interface PlotData {
  time: number[];
  series: PlotSeries[];
  range: TimeRange;
  unit: "bytes" | "percent" | "count" | "bytes-per-second";
  /** Highest value of the axis at least. */
  ceiling?: number;
  /** Let the axis begin above zero: for growth that would be flat otherwise. */
  floats?: boolean;
  limit?: { value: number; label: string } | null;
  marks?: PlotMark[];
  /** Seconds to set apart: when the process was profiled. */
  spans?: { from: number; to: number }[];
  trend?: PlotTrend | null;
}
