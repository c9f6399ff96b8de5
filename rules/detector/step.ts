import { median } from "./quantile.ts";

/** The best split of a series into two levels. */
export interface TwoLevels {
  /** First bucket of the second level. */
  index: number;
  /** Second level minus first. */
  shift: number;
  /** Share of the variance that the split explains, 0 to 1. */
  explained: number;
}

/** Best two-level split by least squares; each side holds at least three buckets. */
export function bestSplit(means: ArrayLike<number>): TwoLevels {
  const n = means.length;
  let total = 0, variance = 1e-30, sum = 0;
  for (let i = 0; i < n; i++) total += means[i]!;
  for (let i = 0; i < n; i++) variance += (means[i]! - total / n) ** 2;
  let best: TwoLevels = { index: 0, shift: 0, explained: 0 };
  for (let i = 1; i < n; i++) {
    sum += means[i - 1]!;
    const shift = (total - sum) / (n - i) - sum / i;
    const explained = (((i * (n - i)) / n) * shift ** 2) / variance;
    if (explained > best.explained && Math.min(i, n - i) >= 3) best = { index: i, shift, explained };
  }
  return best;
}

/** Shift of the level right around a split, to tell a jump from a slope. */
export function jumpAt(means: ArrayLike<number>, index: number): number {
  const n = means.length, width = Math.max(2, Math.trunc(n / 40));
  const from = Math.max(0, index - 2 * width), to = Math.min(n, Math.max(1, index - width));
  const after = index + width - 1, end = Math.min(n, index + 2 * width);
  return from < to && after < end ? median(means, after, end) - median(means, from, to) : 0;
}
