import { leastSquares } from "./line.ts";

const FITS = 0.8;

/** Least squares over the window, rising, R² of at least .8. */
export function olsFit(times: readonly number[], values: readonly number[]): boolean {
  const { slope, explained } = leastSquares(times, values);
  return slope > 0 && explained >= FITS;
}

/**
 * Linear backward regression, after Precog (Jindal et al. 2021, arXiv:2106.08938): of the windows that reach back from
 * the end, the best line; a leak where it rises with R² of at least .8 and is at the limit within a week.
 */
export function linearBackwardRegression(
  times: readonly number[],
  values: readonly number[],
  limit: number | null,
): boolean {
  const n = values.length;
  let best = { slope: 0, end: 0, explained: 0 };
  for (let length = Math.ceil(n / 4); length <= n; length += Math.max(1, Math.trunc(n / 48))) {
    const fit = leastSquares(times, values, n - length);
    if (fit.explained > best.explained) best = fit;
  }
  if (best.explained < FITS || best.slope <= 0) return false;
  return limit === null || (limit - best.end) / best.slope <= 7 * 86_400;
}

/** coroot's inspection: a linear trend of more than 10 % of the level per hour. */
export function tenPercentAnHour(times: readonly number[], values: readonly number[]): boolean {
  const { slope } = leastSquares(times, values);
  const level = values.reduce((sum, value) => sum + value, 0) / values.length;
  return slope * 3600 > 0.1 * level;
}

/** The old scripts: the last value more than 10 % over the first. */
export function tenPercentGrowth(_times: readonly number[], values: readonly number[]): boolean {
  return values.at(-1)! > 1.1 * values[0]!;
}
