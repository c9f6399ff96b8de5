import type { Unit } from "../../model/finding.ts";
import type { BucketColumns } from "./buckets.ts";
import { incrementTest } from "./increment_test.ts";
import { keepWithoutTransients } from "./transients.ts";
import { type Period, periodOf } from "./period.ts";
import { median, quantile } from "./quantile.ts";
import { segmentMiddles, SEGMENTS } from "./segments.ts";
import { hacRegression } from "./hac_regression.ts";
import { troughLineOf, troughsOf } from "./sawtooth_troughs.ts";
import type { HacEstimator, IncrementEstimator, TroughLine } from "./estimator.ts";
import { type Turn, turningPoints } from "./turning_points.ts";

/** A swing of this share of the range counts as a turning point. */
const SWING = 0.3;
/** Smallest change that counts, per unit of the series: below it lie per-CPU counter batches (kernel) and allocator rounding. */
export const QUANTUM: Readonly<Record<Unit, number>> = { bytes: 262_144, percent: 1, count: 5 };
/** A rise of less than this share of the level is never called growth. */
export const MIN_SHARE = 0.01;

/** Components that the bench can leave out, to measure what each contributes. */
export type Ablation =
  | "transients"
  | "typical"
  | "floor"
  | "troughs"
  | "regression"
  | "cycle"
  | "late"
  | "tail"
  | "slowing"
  | "increments"
  | "autocorrelation";

/** What is known of a series beside its values. */
export interface SeriesFacts {
  unit: Unit;
  limit: number | null;
  /** A rise below this is never a leak. */
  minRise: number;
  without: ReadonlySet<Ablation>;
}

/** Everything the detector sees in one window; positions run from 0 to SEGMENTS. */
export interface Window extends SeriesFacts {
  /** Seconds from the first to the last bucket. */
  span: number;
  /** Segments per hour: turns slopes per segment into rates per hour. */
  perHour: number;
  positions: Float64Array;
  means: Float64Array;
  highs: Float64Array;
  /** Median of the bucket means. */
  level: number;
  /** Highest less lowest bucket mean. */
  range: number;
  typical: IncrementEstimator;
  floor: IncrementEstimator;
  troughLine: TroughLine | null;
  regression: HacEstimator | null;
  period: Period | null;
  turns: Turn[];
  troughs: number;
}

const lowOf = (values: ArrayLike<number>, from: number, to: number) => quantile(values, 0.1, from, to);

/** Computes all estimators of a window; null where too few segments hold data. */
export function windowOf(columns: BucketColumns, facts: SeriesFacts): Window | null {
  const { without } = facts;
  const { times, lows, means, highs } = columns, n = times.length;
  const start = times[0]!, span = times[n - 1]! - start;
  const positions = times.map((t) => ((t - start) / span) * SEGMENTS);
  const keep = without.has("transients") ? null : keepWithoutTransients(positions, means);
  const kept = (values: Float64Array) => keep ? select(values, keep) : values;
  const keptPositions = kept(positions), keptMeans = kept(means);
  const typical = incrementTest(segmentMiddles(keptPositions, keptMeans, median), "typical level");
  const floor = incrementTest(segmentMiddles(keptPositions, kept(lows), lowOf), "floor");
  if (!typical || !floor) return null;
  const range = extent(means);
  const turns = turningPoints(means, SWING * range + 1e-12);
  const lowPoints = troughsOf(turns, positions, lows);
  return {
    ...facts,
    span,
    perHour: 3600 / (span / SEGMENTS),
    positions,
    means,
    highs,
    level: median(means),
    range,
    typical,
    floor,
    troughLine: lowPoints && troughLineOf(lowPoints),
    regression: without.has("regression") ? null : hacRegression(keptPositions, keptMeans),
    period: without.has("cycle") ? null : periodOf(positions, means),
    turns,
    troughs: turns.filter((turn) => !turn.peak).length,
  };
}

/** The values whose flag is set; a loop, for a callback per value costs three times as much. */
function select(values: Float64Array, keep: Uint8Array): Float64Array {
  const selected = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (keep[i] === 1) selected[count++] = values[i]!;
  return count === values.length ? values : selected.subarray(0, count);
}

function extent(values: Float64Array): number {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}
