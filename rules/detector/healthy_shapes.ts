import type { Verdict } from "../../model/finding.ts";
import { mostConfidence, t90 } from "./confidence.ts";
import * as say from "./messages.ts";
import { LATE, type Score } from "./leak_score.ts";
import { CYCLE_STRENGTH } from "./period.ts";
import { median } from "./quantile.ts";
import { SEGMENTS } from "./segments.ts";
import { bestSplit, jumpAt } from "./step.ts";
import type { IncrementEstimator } from "./estimator.ts";
import { MIN_SHARE, QUANTUM, type Window } from "./window.ts";
import { isSawtooth } from "./turning_points.ts";

/** Drift over its error from which a series grows or shrinks. */
const T_GROW = 1.6;
/** Growing: at most this share of the rise inside one sixth of the window. */
const MAX_AT_ONCE = 0.8;
/** Late onset: the end lies this many earlier ranges above the earlier maximum. */
const ONSET = 2;

/** Troughs that are each higher than the one before: four are in ascending order by chance in 1 of 24 sawtooths. */
const CLIMBING_LOWS = 4;

/** A verdict other than leak, with its slope. */
export interface Shape {
  verdict: Verdict;
  confidence: number;
  evidence: string;
  view: IncrementEstimator;
  /** Slope per segment where it is not the estimator's. */
  slope?: number;
}

type Classifier = (window: Window, facts: Facts) => Shape | null;

interface Facts {
  score: Score;
  wording: say.Wording;
  /** A rise below this is nothing. */
  small: number;
  /** Deviation from bucket to bucket. */
  noise: number;
  /** Highest less lowest segment. */
  extent: number;
  moved: boolean;
  /** Of typical level and floor the one with the larger t-value. */
  riser: IncrementEstimator;
  growingCycle: boolean;
}

/**
 * The first shape whose conditions hold. Precedence: step, shrinking, warm-up, growing, late onset, sawtooth, periodic, else stable.
 * A step comes first because its rise would pass for a trend; shapes that end (shrinking, warm-up) come before growing because they
 * rise too for most of the window; sawtooth and periodic come last because a trend under a cycle matters more than the cycle.
 */
export function healthyShape(
  window: Window,
  score: Score,
  growingCycle: boolean,
  wording: say.Wording,
): Shape {
  const { typical, floor, means } = window;
  const small = Math.max(QUANTUM[window.unit], MIN_SHARE * Math.abs(window.level));
  const changes = new Float64Array(means.length - 1);
  for (let i = 0; i < changes.length; i++) changes[i] = Math.abs(means[i + 1]! - means[i]!);
  const noise = (1.4826 * median(changes)) / 1.41;
  const extent = Math.max(...typical.points.y) - Math.min(...typical.points.y);
  const moved = extent >= Math.max(small, 3 * noise);
  const riser = typical.t >= floor.t ? typical : floor;
  const facts: Facts = { score, wording, small, noise, extent, moved, riser, growingCycle };
  for (const classifier of [step, shrinking, warmUp, growing, lateOnset, sawtooth, periodic]) {
    const shape = classifier(window, facts);
    if (shape) return shape;
  }
  return stable(window, facts);
}

const step: Classifier = ({ means, typical }, { small, noise, moved, wording }) => {
  const { index, shift, explained } = bestSplit(means);
  const sharp = explained > 0.8 && Math.abs(jumpAt(means, index)) > 0.8 * Math.abs(shift);
  if (!moved || !sharp || Math.abs(shift) < Math.max(small, 4 * noise)) return null;
  const evidence = say.stepMessage(shift, explained, wording);
  return { verdict: "step", confidence: bounded(explained), evidence, view: typical };
};

const shrinking: Classifier = ({ typical }, { small, moved, wording }) => {
  if (typical.t > -T_GROW || typical.rise >= -small || !moved) return null;
  const evidence = say.shrinkingMessage(typical, wording);
  return { verdict: "shrinking", confidence: bounded(0.5 - 0.1 * typical.t), evidence, view: typical };
};

const warmUp: Classifier = (_window, { riser, small, extent, moved, wording }) => {
  const fades = riser.late < LATE || (riser.tail < 0.25 && riser.late < 0.9);
  if (!moved || riser.rise < Math.max(small, 0.5 * extent) || riser.t < 1 || !fades) return null;
  const evidence = say.warmUpMessage(riser, riser.late, wording);
  return { verdict: "warm-up", confidence: bounded(0.9 - riser.late / 2), evidence, view: riser };
};

const growing: Classifier = (window, { riser, small, moved, growingCycle, score, wording }) => {
  const rises = riser.t >= T_GROW && riser.rise >= small && riser.step <= MAX_AT_ONCE && moved;
  if (!growingCycle && !rises) return null;
  const confidence = Math.min(mostConfidence(window.span), bounded(0.5 + 0.15 * riser.t));
  const evidence = say.growingMessage(window, riser, score.weakest, wording);
  return { verdict: "growing", confidence, evidence, view: riser };
};

const lateOnset: Classifier = ({ typical, span }, { small, noise, wording }) => {
  const { x, y } = typical.points;
  const early = y.filter((_, i) => x[i]! < SEGMENTS * 0.75),
    end = y.filter((_, i) => x[i]! >= SEGMENTS * 0.75);
  if (early.length < 6 || end.length < 2 || end.at(-1)! <= end[0]!) return null;
  const highest = Math.max(...early), earlyRange = highest - Math.min(...early);
  if (end.at(-1)! - highest < Math.max(small, ONSET * earlyRange, 4 * noise)) return null;
  const evidence = say.lateOnsetMessage(end.at(-1)! - median(early), wording);
  const confidence = Math.min(mostConfidence(span), 0.6);
  return { verdict: "growing", confidence, evidence, view: typical, slope: typical.lateSlope };
};

const sawtooth: Classifier = (window, { small, moved, wording }) => {
  const { turns, troughs, range, typical } = window;
  const many = troughs >= 6 || (troughs >= 2 && moved);
  if (range < small || !many || !isSawtooth(turns)) return null;
  // A first turning point that is low is where the window began, no release.
  const lows = turns.filter((turn, i) => !turn.peak && i > 0).map((turn) => window.means[turn.index]!);
  const climbing = lows.every((low, i) => i === 0 || low > lows[i - 1]!);
  if (lows.length >= CLIMBING_LOWS && climbing && lows.at(-1)! - lows[0]! >= small) {
    const evidence = say.climbingTroughsMessage(lows, wording);
    return {
      verdict: "growing",
      confidence: Math.min(mostConfidence(window.span), 0.7),
      evidence,
      view: typical,
    };
  }
  const evidence = say.sawtoothMessage(troughs, wording);
  return { verdict: "sawtooth", confidence: troughs >= 6 ? 0.8 : 0.6, evidence, view: typical };
};

const periodic: Classifier = (window, { small, wording }) => {
  const { period, range, typical } = window;
  if (!period || range < small || period.strength < CYCLE_STRENGTH || period.cycles < 2) return null;
  const evidence = say.periodicMessage(window, period, wording);
  return { verdict: "periodic", confidence: bounded(period.strength), evidence, view: typical };
};

function stable({ typical, level, perHour }: Window, { wording }: Facts): Shape {
  const most = Math.max(0, (typical.slope + t90(typical.degreesOfFreedom) * typical.error) * SEGMENTS);
  const evidence = say.stableMessage((most / SEGMENTS) * perHour, wording);
  const confidence = bounded(1 - 0.5 * Math.min(1, most / (0.25 * Math.abs(level) + 1e-9)));
  return { verdict: "stable", confidence, evidence, view: typical };
}

function bounded(confidence: number): number {
  return Math.max(0.05, Math.min(0.99, confidence));
}
