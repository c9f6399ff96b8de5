import { mean } from "./quantile.ts";
import { type Points, SEGMENTS } from "./segments.ts";
import type { EstimatorName, IncrementEstimator } from "./estimator.ts";

/**
 * Growth from the increments between segments: mean increment over its standard error.
 *
 * Increments, not residuals around a line: if the noise is a random walk the residuals of a fitted line promise far too
 * much (Granger & Newbold 1974, doi:10.1016/0304-4076(74)90034-7) while increments stay independent; and a single jump
 * gives t near 1 by construction.
 * @returns null with fewer than five points
 */
export function incrementTest(points: Points, name: EstimatorName): IncrementEstimator | null {
  const { x, y } = points, last = x.length - 1;
  if (last < 4) return null;
  const width = x[last]! - x[0]!, rise = y[last]! - y[0]!, slope = rise / width;
  let squares = 0;
  for (let i = 0; i < last; i++) {
    const dx = x[i + 1]! - x[i]!;
    squares += (y[i + 1]! - y[i]! - slope * dx) ** 2 / dx;
  }
  const tiny = 1e-9 * Math.abs(y[0]!) + 1e-12;
  const error = Math.sqrt(squares / (last - 1) / width) + tiny;
  const quarters = quarterSlopes(points);
  return {
    name,
    t: Math.max(-99, Math.min(99, slope / error)),
    slope,
    error,
    degreesOfFreedom: last - 1,
    rise: slope * SEGMENTS,
    late: quarters ? quarters[2] / Math.max(quarters[0], quarters[1], tiny) : 0,
    tail: slope > 0 ? tailSlope(points) / slope : 0,
    step: rise > 0 ? largestStep(points) / rise : 9,
    lateSlope: quarters ? quarters[2] / (SEGMENTS / 4) : slope,
    points,
  };
}

/** Differences between the means of neighbouring quarters, or null where a quarter is empty. */
function quarterSlopes({ x, y }: Points): [number, number, number] | null {
  const means: number[] = [];
  let from = 0;
  for (let quarter = 0; quarter < 4; quarter++) {
    let to = from;
    while (to < x.length && Math.trunc((x[to]! * 4) / SEGMENTS) === quarter) to++;
    if (to === from) return null;
    means.push(mean(y, from, to));
    from = to;
  }
  return [means[1]! - means[0]!, means[2]! - means[1]!, means[3]! - means[2]!];
}

/** Pace over the last sixth of the window. */
function tailSlope({ x, y }: Points): number {
  const last = x.length - 1;
  let from = 0;
  while (from < last - 1 && x[from]! < x[last]! - SEGMENTS / 6 - 1e-6) from++;
  return (y[last]! - y[from]!) / (x[last]! - x[from]!);
}

/** Largest rise between points at most a sixth of the window apart (neighbours always count). */
function largestStep({ x, y }: Points): number {
  const last = x.length - 1;
  let largest = -Infinity;
  for (let i = 0; i < last; i++) {
    largest = Math.max(largest, y[i + 1]! - y[i]!);
    const j = Math.min(last, i + 2);
    if (x[j]! - x[i]! <= SEGMENTS / 6 + 1e-6) largest = Math.max(largest, y[j]! - y[i]!);
  }
  return largest;
}
