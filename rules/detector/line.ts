import { mean } from "./quantile.ts";

/** Least-squares slope per step of `y[from..]`. */
export function slopeOf(y: ArrayLike<number>, from = 0): number {
  const n = y.length - from, center = (n - 1) / 2;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (i - center) * y[from + i]!;
  return sum / squaresOfSteps(n);
}

/** Σ (i − mean)² for i = 0..n−1. */
export function squaresOfSteps(n: number): number {
  return (n * (n * n - 1)) / 12;
}

/**
 * The slope at the very end of `y[from..]`: slope there of a least-squares parabola, per step, and its standard error,
 * widened by the memory (lag-1 autocorrelation) of what the parabola leaves over.
 */
export function endSlope(y: ArrayLike<number>, from: number): { slope: number; error: number } {
  const n = y.length - from, center = (n - 1) / 2, xx = squaresOfSteps(n);
  const bend = new Float64Array(n);
  let bendSquares = 0;
  for (let i = 0; i < n; i++) {
    bend[i] = (i - center) ** 2 - xx / n;
    bendSquares += bend[i]! * bend[i]!;
  }
  const level = mean(y, from), slope = slopeOf(y, from);
  let curve = 0;
  for (let i = 0; i < n; i++) curve += bend[i]! * y[from + i]!;
  curve /= bendSquares;
  let squares = 0, products = 0, before = 0;
  for (let i = 0; i < n; i++) {
    const rest = y[from + i]! - level - slope * (i - center) - curve * bend[i]!;
    squares += rest * rest;
    if (i > 0) products += before * rest;
    before = rest;
  }
  const memory = Math.max(0, Math.min(0.9, products / (squares + 1e-18)));
  const widened = (squares / (n - 3)) * ((1 + memory) / (1 - memory));
  return {
    slope: slope + 2 * center * curve,
    error: Math.sqrt(widened * (1 / xx + (4 * center * center) / bendSquares)),
  };
}
