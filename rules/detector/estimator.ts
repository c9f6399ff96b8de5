import type { Points } from "./segments.ts";

/** Which summary of the window an estimator is computed from. */
export type EstimatorName = "typical level" | "floor" | "low points after each release" | "steady level";

/** Growth as one estimator gives it. Slopes are per segment (a twelfth of the window). */
export interface Estimator {
  name: EstimatorName;
  /** Growth over its standard error. */
  t: number;
  /** Mean slope over the window. */
  slope: number;
  /** Standard error of the slope. */
  error: number;
  /** Degrees of freedom behind the error. */
  degreesOfFreedom: number;
  /** Growth over the whole window. */
  rise: number;
  /** Slope of the late part of the window, for extrapolation. */
  lateSlope: number;
  points: Points;
}

/** Estimated from increments between segments. */
export interface IncrementEstimator extends Estimator {
  /** Slope of the last quarter over the steepest earlier one. */
  late: number;
  /** Slope of the last sixth over the overall slope. */
  tail: number;
  /** Largest share of the rise inside one sixth of the window. */
  step: number;
}

/** Estimated by a line through fine segments, with a long-run (HAC) variance. */
export interface HacEstimator extends Estimator {
  name: "steady level";
  /** Lag-1 autocorrelation of the residuals; 1 is a random walk. */
  autocorrelation: number;
  /** Slope of the last half over the whole. */
  half: number;
  /** Slope of the last third over the whole. */
  third: number;
  /** Whether the slope at the very end is significantly below half of the whole. */
  slowing: boolean;
}

/** Estimated by a line through the troughs of a sawtooth. */
export interface TroughLine extends Estimator {
  /** Rise from the first third of the troughs to the middle one, and from there to the last, over that of the line. */
  early: number;
  late: number;
}
