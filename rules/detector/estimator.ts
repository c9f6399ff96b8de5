import type { Points } from "./segments.ts";

/** Which summary of the window a view looks at. */
export type EstimatorName = "typical level" | "floor" | "low points after each release" | "steady level";

/** Growth as one view of the window sees it. Paces are per segment (a twelfth of the window). */
export interface Estimator {
  name: EstimatorName;
  /** Growth over its standard error. */
  t: number;
  /** Mean pace over the window. */
  pace: number;
  /** Standard error of the pace. */
  error: number;
  /** Degrees of freedom behind the error. */
  freedom: number;
  /** Growth over the whole window. */
  rise: number;
  /** Pace of the late part of the window, for looking ahead. */
  lateSlope: number;
  points: Points;
}

/** A view made of increments between segments. */
export interface IncrementEstimator extends Estimator {
  /** Pace of the last quarter over the fastest earlier one. */
  late: number;
  /** Pace of the last sixth over the overall pace. */
  tail: number;
  /** Largest share of the rise inside one sixth of the window. */
  step: number;
}

/** A view made of a line through fine segments. */
export interface HacEstimator extends Estimator {
  name: "steady level";
  /** Lag-1 autocorrelation of the wobble around the line; 1 is a random walk. */
  memory: number;
  /** Pace of the last half over the whole. */
  half: number;
  /** Pace of the last third over the whole. */
  third: number;
  /** Whether the pace at the very end is surely below half of the whole. */
  slowing: boolean;
}

/** A view made of a line through the low points of a saw. */
export interface TroughLine extends Estimator {
  /** Rise from the first third of the low points to the middle one, and from there to the last, over that of the line. */
  early: number;
  late: number;
}
