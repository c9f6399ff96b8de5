import type { RatePerHour, Unit, Verdict } from "../../model/finding.ts";
import type { Points } from "./segments.ts";
import type { EstimatorName } from "./estimator.ts";

/** What the detector says about one series in one window. */
export interface Assessment {
  verdict: Verdict;
  /** 0 to 1: how sure the verdict is. */
  confidence: number;
  unit: Unit;
  /** Rate with a 90 % interval; null with insufficient data. */
  rate_per_hour: RatePerHour | null;
  /** Seconds until the limit at the highest and the lowest likely rate; `high` null: perhaps never. Null: no limit, no growth. */
  time_to_limit_seconds: { low: number; high: number | null } | null;
  /** One sentence: why. */
  evidence: string;
  /** Seconds from the first to the last bucket. */
  window_seconds: number;
  samples: number;
  /** Growth over the window as the deciding view sees it. */
  rise: number;
  /** Median of the series. */
  level: number;
  /** Weakest condition of a leak, as a share of what it needs; 1 and more is a leak. */
  score: number;
  /** How sure the drift is, on the scale of increments over their error (2.5 makes a leak); Student's t, ten degrees of freedom. */
  drift: number;
  /** Which condition that is; null with insufficient data. */
  weakest: string | null;
  /** The deciding view, for drawing over the series: seconds since the first sample of the window, and values. */
  view: { name: EstimatorName | "same point of the cycle"; seconds: number[]; values: number[] } | null;
}

/** A line through the window, or the part of it from `since` seconds on, to draw over the series. */
export function trendLine(
  points: Points,
  spanSeconds: number,
  segments: number,
  since = 0,
): { seconds: number[]; values: number[] } {
  return { seconds: points.x.map((x) => since + (x / segments) * spanSeconds), values: [...points.y] };
}
