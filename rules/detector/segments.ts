import { median } from "./quantile.ts";

/** Equal-time segments per window. Positions inside a window run from 0 to this. */
export const SEGMENTS = 12;

/** Points of a line: positions in segments, values in the unit of the series. */
export interface Points {
  x: number[];
  y: number[];
}

/** A summary of `values[from..to)`. */
export type Summary = (values: ArrayLike<number>, from: number, to: number) => number;

/**
 * Sums up each of `count` equal-time segments that holds data.
 * @param positions ascending, 0 to SEGMENTS
 * @returns x = index of the segment in units of `count` segments (not its middle), y = its summary
 */
export function segmentsOf(
  positions: ArrayLike<number>,
  values: ArrayLike<number>,
  count: number,
  summary: Summary,
): Points {
  const points: Points = { x: [], y: [] };
  const n = positions.length, scale = count / SEGMENTS;
  for (let from = 0; from < n;) {
    const index = Math.min(count - 1, Math.trunc(positions[from]! * scale));
    let to = from + 1;
    while (to < n && Math.min(count - 1, Math.trunc(positions[to]! * scale)) === index) to++;
    points.x.push(index);
    points.y.push(summary(values, from, to));
    from = to;
  }
  return points;
}

/** As `segmentsOf` with the usual count; x is the middle of each segment. */
export function segmentMiddles(
  positions: ArrayLike<number>,
  values: ArrayLike<number>,
  summary: Summary,
): Points {
  const points = segmentsOf(positions, values, SEGMENTS, summary);
  for (let i = 0; i < points.x.length; i++) points.x[i]! += 0.5;
  return points;
}

/** Theil–Sen line: median of pairwise slopes, median intercept (Sen 1968, doi:10.1080/01621459.1968.10480934). */
export function theilSen(points: Points): { slope: number; intercept: number } {
  const { x, y } = points, n = x.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[k++] = (y[j]! - y[i]!) / (x[j]! - x[i]!);
  }
  const slope = median(slopes);
  const rest = new Float64Array(n);
  for (let i = 0; i < n; i++) rest[i] = y[i]! - slope * x[i]!;
  return { slope, intercept: median(rest) };
}
