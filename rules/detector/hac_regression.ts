import { endSlope, slopeOf, squaresOfSteps } from "./line.ts";
import { mean, median } from "./quantile.ts";
import { type Points, SEGMENTS, segmentsOf } from "./segments.ts";
import type { HacEstimator } from "./estimator.ts";

/** Fine segments: an hour each in two days. */
const FINE = 48;
/** Lags of the long-run error: a sixth of the window. */
const LAGS = 8;
const END_ERRORS = 2, END_SHARE = 0.6;

/**
 * A line through 48 segment medians, for weakly dependent noise: its slope over the long-run standard error
 * (Newey & West 1987, doi:10.2307/1913610, Bartlett weights), the lag-1 autocorrelation of its residuals, and whether the slope falls at the end.
 * @returns null where a quarter of the segments is empty or the line does not rise
 */
export function hacRegression(positions: ArrayLike<number>, means: ArrayLike<number>): HacEstimator | null {
  const medians = segmentsOf(positions, means, FINE, median);
  if (medians.x.length < 0.75 * FINE) return null;
  const y = filled(medians);
  const slope = slopeOf(y), center = (FINE - 1) / 2, level = mean(y);
  if (slope <= 0) return null;
  const rest = y.map((value, i) => value - level - slope * (i - center));
  let squares = 1e-18 * level * level + 1e-18;
  for (const e of rest) squares += e * e;
  const correlation = (lag: number) => {
    let sum = 0;
    for (let i = 0; i + lag < FINE; i++) sum += rest[i]! * rest[i + lag]!;
    return sum / squares;
  };
  let longRun = 0;
  for (let lag = 1; lag <= LAGS; lag++) longRun += (1 - lag / (LAGS + 1)) * correlation(lag);
  longRun = Math.max(1 + 2 * longRun, 0.05);
  const error = Math.sqrt(((squares / FINE) * longRun) / squaresOfSteps(FINE));
  const end = endSlope(y, FINE / 2), perSegment = FINE / SEGMENTS;
  return {
    name: "steady level",
    t: Math.min(99, slope / error),
    slope: slope * perSegment,
    error: error * perSegment,
    degreesOfFreedom: 10,
    rise: slope * FINE,
    lateSlope: slopeOf(y, FINE / 2) * perSegment,
    autocorrelation: correlation(1),
    half: slopeOf(y, FINE / 2) / slope,
    third: slopeOf(y, (2 * FINE) / 3) / slope,
    slowing: end.slope + END_ERRORS * end.error < END_SHARE * slope,
    points: { x: [0.5, SEGMENTS - 0.5], y: [y[0]!, level + slope * center] },
  };
}

/** One value per fine segment; empty ones take the line between their neighbours. */
function filled(medians: Points): number[] {
  const { x, y } = medians, all: number[] = [];
  let j = 0;
  for (let i = 0; i < FINE; i++) {
    while (j + 2 < x.length && x[j + 1]! <= i) j++;
    const share = Math.max(0, Math.min(1, (i - x[j]!) / (x[j + 1]! - x[j]!)));
    all.push(y[j]! + (y[j + 1]! - y[j]!) * share);
  }
  return all;
}
