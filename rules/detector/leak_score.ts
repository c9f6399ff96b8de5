import type { Estimator, HacEstimator, IncrementEstimator, TroughLine } from "./estimator.ts";
import { MIN_SHARE, QUANTUM, type Window } from "./window.ts";

/** Drift over its error that a leak needs in an hour or more. */
const T_LEAK = 2.5;
/** Slope of the last quarter over the steepest earlier one, and of the last sixth over the whole. */
export const LATE = 0.4;
const TAIL = 0.4;
/** In short spans a rise must be larger: this many seconds over the span, as a share of the level, up to half of it. */
const RISE_SECONDS = 180, MAX_SHARE = 0.5;
/** Segments with data that a leak needs. */
const COVERED = 10;
/** The regression: slope over its long-run standard error (healthy hosts, 48 h: 99.5 % lie below 5.9). */
const Z_LEAK = 7;
/** The increment t-value needed beside the regression, from residual autocorrelation MIN_AUTOCORRELATION to 1 (a random walk). */
const MIN_T = 1, MIN_AUTOCORRELATION = 0.6;
/** Slope of the last half and of the last third over the whole. */
const HALF = 0.5, THIRD = 0.2;
/** The line through sawtooth troughs: slope over error. Troughs are nearly independent, so less is needed. */
const Z_TROUGHS = 5;
const DAY = 86_400;
/** A level that rises at all, to stand by a floor or low points that do. */
const T_RISES = 0.5, Z_RISES = 2;
/** The highest score that a failed condition allows; below 1, hence no leak. */
const VETO = 0.9;

/** The weakest condition of a leak, as a share of what it needs (1 and more: all conditions hold), and its name. */
export interface Score {
  value: number;
  weakest: string;
  view: Estimator;
  /** The drift condition alone, on the scale of T_LEAK. */
  drift: number;
}

/** Growth below this is too small to call a leak, in the unit of the series. */
export function minRise(window: Window): number {
  const { unit, limit, level, span } = window;
  const of = limit !== null && limit > level ? Math.min(level, limit - level) : level;
  const share = Math.max(MIN_SHARE, Math.min(MAX_SHARE, RISE_SECONDS / span));
  return Math.max(Math.abs(share * of), QUANTUM[unit], window.minRise);
}

/** Drift over its error that a leak needs: more in windows under an hour, which hold little of a program's life. */
function minDrift(spanSeconds: number): number {
  return T_LEAK * Math.max(1, (3600 / spanSeconds) ** (1 / 3));
}

/** The highest score of all estimators; each estimator scores its weakest condition. */
export function leakScore(window: Window): Score {
  const { typical, floor, troughLine, regression, without } = window;
  const views = without.has("typical") ? [] : [typical];
  // A floor alone may not accuse: the typical level must rise with it.
  if (levelRises(window) && !without.has("floor")) views.push(floor);
  let best: Score | null = null;
  for (const view of views.length ? views : [typical]) {
    const score = driftScore(window, view);
    if (!best || score.value > best.value) best = score;
  }
  const lines: Score[] = [];
  if (best!.value < 1) {
    if (regression) lines.push(regressionScore(window, regression));
    if (troughLine && !without.has("troughs")) lines.push(troughScore(window, troughLine));
  }
  return lines.reduce((top, score) => score.value > top.value ? score : top, best!);
}

function driftScore(window: Window, view: IncrementEstimator): Score {
  const links: Link[] = [
    [view.t / minDrift(window.span), "drift"],
    [view.rise / minRise(window), "size"],
    [window.typical.points.x.length >= COVERED ? 9 : VETO, "coverage"],
  ];
  if (!window.without.has("late")) links.push([view.late / LATE, "late"]);
  if (!window.without.has("tail")) links.push([view.tail / TAIL, "tail"]);
  if (window.regression?.slowing && !window.without.has("slowing")) links.push([VETO, "slowing down"]);
  return weakestOf(links, view);
}

/**
 * The more autocorrelated the residuals, the larger the increment t-value must be, as the regression's error is then too small.
 * Windows shorter than a day need more: they hold too few of a day's recurring jobs.
 */
function regressionScore(window: Window, view: HacEstimator): Score {
  const { typical, span, without } = window;
  const shorter = Math.max(1, (DAY / span) ** (1 / 3));
  const dependence = without.has("autocorrelation")
    ? 0
    : Math.max(0, (view.autocorrelation - MIN_AUTOCORRELATION) / (1 - MIN_AUTOCORRELATION));
  const leastIncrements = MIN_T + (T_LEAK - MIN_T) * dependence;
  const links: Link[] = [
    [view.t / (Z_LEAK * shorter), "drift"],
    [view.rise / minRise(window), "size"],
    [typical.points.x.length >= COVERED ? 9 : VETO, "coverage"],
    [view.half / HALF, "last half"],
    [view.third / THIRD, "last third"],
  ];
  if (!without.has("increments")) links.push([typical.t / (leastIncrements * shorter), "increments"]);
  if (view.slowing && !without.has("slowing")) links.push([VETO, "slowing down"]);
  return weakestOf(links, view);
}

/** Sawtooth troughs that rise along a line, in both halves; the typical level may not fall meanwhile. */
function troughScore(window: Window, view: TroughLine): Score {
  const { typical, regression, without } = window;
  const links: Link[] = [
    [view.t / Z_TROUGHS, "drift"],
    [view.rise / minRise(window), "size"],
    [typical.points.x.length >= COVERED ? 9 : VETO, "coverage"],
    [view.late / HALF, "last third"],
    [view.early > 0 && levelRises(window) ? 9 : VETO, "increments"],
  ];
  if (regression?.slowing && !without.has("slowing")) links.push([VETO, "slowing down"]);
  return weakestOf(links, view);
}

/** Whether the level rises at all: by its increments, or by the regression where transient jobs dominate the increments. */
function levelRises({ typical, regression }: Window): boolean {
  return typical.t > T_RISES || (regression !== null && regression.t > Z_RISES);
}

type Link = [value: number, name: string];

function weakestOf(links: readonly Link[], view: Estimator): Score {
  const [value, weakest] = links.reduce((least, link) => link[0] < least[0] ? link : least);
  const [drift] = links.find(([, name]) => name === "drift")!;
  // The higher requirement of short windows is taken out again: drift is reported on one scale.
  return { value, weakest, view, drift: "tail" in view ? view.t : drift * T_LEAK };
}
