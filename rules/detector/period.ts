import { slopeOf } from "./line.ts";
import { mean, median, robustDeviation } from "./quantile.ts";
import { SEGMENTS } from "./segments.ts";

const GRID = 128;
/** Autocorrelation from which a cycle is called one, and share of same-phase comparisons that must go up. */
export const CYCLE_STRENGTH = 0.5;
const SAME_PHASE_UP = 0.95;

/** A cycle found in a window. */
export interface Period {
  /** Autocorrelation at the cycle's length. */
  strength: number;
  /** Cycles in the window. */
  cycles: number;
  /** Share of same-phase comparisons, one cycle apart, that went up. */
  up: number;
  /** Growth per segment from those comparisons, and its spread. */
  slope: number;
  error: number;
  /** The same point of the cycle is higher each time, in both halves of the window. */
  growing: boolean;
}

/** Finds the shortest strong cycle by autocorrelation of the detrended series, and compares same phases of it. */
export function periodOf(positions: ArrayLike<number>, means: ArrayLike<number>): Period | null {
  const grid = onGrid(positions, means);
  const rest = detrended(grid);
  const found = strongestLag(rest);
  if (!found) return null;
  const { lag, strength } = found;
  const differences = new Float64Array(GRID - lag);
  let ups = 0;
  for (let i = lag; i < GRID; i++) {
    const d = grid[i]! - grid[i - lag]!;
    differences[i - lag] = d;
    if (d > 0) ups++;
  }
  const n = differences.length, half = n >> 1;
  const typical = median(differences), spread = robustDeviation(differences, typical);
  const first = median(differences, 0, half), second = median(differences, half, n), up = ups / n;
  const lasting = Math.min(first, second) > 0.3 * Math.max(first, second);
  const perSegment = GRID / lag / SEGMENTS;
  return {
    strength,
    cycles: GRID / lag,
    up,
    slope: typical * perSegment,
    error: spread * perSegment,
    growing: up >= SAME_PHASE_UP && lasting && typical > 1.5 * spread && strength >= CYCLE_STRENGTH,
  };
}

/** The series at GRID equally spaced times, by straight lines between buckets. */
function onGrid(positions: ArrayLike<number>, means: ArrayLike<number>): Float64Array {
  const grid = new Float64Array(GRID), last = positions.length - 1;
  const start = positions[0]!, width = positions[last]! - start;
  let j = 0;
  for (let i = 0; i < GRID; i++) {
    const at = start + (width * i) / (GRID - 1);
    while (j + 2 < positions.length && positions[j + 1]! < at) j++;
    const share = (at - positions[j]!) / Math.max(1e-9, positions[j + 1]! - positions[j]!);
    grid[i] = means[j]! + (means[j + 1]! - means[j]!) * Math.max(0, Math.min(1, share));
  }
  return grid;
}

function detrended(grid: Float64Array): Float64Array {
  const level = mean(grid), slope = slopeOf(grid), center = (GRID - 1) / 2;
  return grid.map((value, i) => value - level - slope * (i - center));
}

/** The first peak of the autocorrelation that reaches 0.8 of the highest, after it has once dipped below 0.1. */
function strongestLag(rest: Float64Array): { lag: number; strength: number } | null {
  const variance = 1e-30 + squares(rest) / GRID;
  const peaks: { lag: number; strength: number }[] = [];
  let dipped = false, before = 1, here = correlation(rest, 1) / variance, top = 0;
  for (let lag = 1; lag < GRID / 2; lag++) {
    const after = correlation(rest, lag + 1) / variance;
    if (here < 0.1) dipped = true;
    if (dipped && here > before && here >= after && here > 0.1) {
      peaks.push({ lag, strength: here });
      top = Math.max(top, here);
    }
    before = here;
    here = after;
  }
  return peaks.find((peak) => peak.strength >= 0.8 * top) ?? null;
}

// Functions of their own: numbers that a closure shares lie on the heap, a new one for each step of a sum.
function correlation(rest: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = 0; i + lag < GRID; i++) sum += rest[i]! * rest[i + lag]!;
  return sum / (GRID - lag);
}

function squares(rest: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < rest.length; i++) sum += rest[i]! * rest[i]!;
  return sum;
}
