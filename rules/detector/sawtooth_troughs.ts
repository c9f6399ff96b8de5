import { mean } from "./quantile.ts";
import { type Points, SEGMENTS } from "./segments.ts";
import type { TroughLine } from "./estimator.ts";
import { isSawtooth, type Turn } from "./turning_points.ts";

/** Fewer low points show nothing; more are not large releases but noise. */
const FEWEST = 5, MOST = 40;

/**
 * The low points of a saw (garbage collection, a cache that is emptied): what is left after each large release.
 * They have to reach from the first quarter of the window to the last; a series that falls as slowly as it rises is no saw.
 */
export function troughsOf(
  turns: readonly Turn[],
  positions: Float64Array,
  lows: Float64Array,
): Points | null {
  const troughs = turns.filter((turn) => !turn.peak).map((turn) => turn.index);
  if (troughs.length < FEWEST || troughs.length > MOST || !isSawtooth(turns)) return null;
  const points = { x: troughs.map((i) => positions[i]!), y: troughs.map((i) => lows[i]!) };
  const reaches = points.x[0]! < SEGMENTS / 4 && points.x.at(-1)! > (SEGMENTS * 3) / 4;
  return reaches ? points : null;
}

/**
 * A line through the troughs. A collection removes what the load has left, so troughs are nearly independent and a least-squares
 * line uses all of them, where increments use the first and the last only. The error is widened by the autocorrelation that is left.
 * @returns null where the line does not rise
 */
export function troughLineOf(points: Points): TroughLine | null {
  const { x, y } = points, n = x.length, mx = mean(x), my = mean(y);
  let xx = 0, xy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - mx) ** 2;
    xy += (x[i]! - mx) * (y[i]! - my);
  }
  const slope = xy / xx;
  if (slope <= 0) return null;
  let squares = 0, products = 0, before = 0;
  for (let i = 0; i < n; i++) {
    const rest = y[i]! - my - slope * (x[i]! - mx);
    squares += rest * rest;
    products += rest * before;
    before = rest;
  }
  const autocorrelation = Math.max(0, Math.min(0.9, products / (squares + 1e-18)));
  const error = Math.sqrt(((squares / (n - 2)) * (1 + autocorrelation)) / (1 - autocorrelation) / xx) +
    1e-9 * Math.abs(my) +
    1e-12;
  const third = Math.max(2, Math.round(n / 3));
  const middle = mean(y, third, n - third), expected = (slope * SEGMENTS) / 3;
  const late = (mean(y, n - third) - middle) / expected;
  return {
    name: "low points after each release",
    t: Math.min(99, slope / error),
    slope,
    error,
    degreesOfFreedom: Math.min(10, n - 2),
    rise: slope * SEGMENTS,
    lateSlope: slope * Math.max(0, Math.min(2, late)),
    early: (middle - mean(y, 0, third)) / expected,
    late,
    points,
  };
}
