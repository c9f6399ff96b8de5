import type { Unit, Verdict } from "../../model/finding.ts";
import { formatSpan, plural } from "../../model/format.ts";
import { type BucketColumns, Buckets } from "./buckets.ts";
import { leakConfidence, mostConfidence, t90 } from "./confidence.ts";
import * as say from "./messages.ts";
import { healthyShape } from "./healthy_shapes.ts";
import { type Assessment, trendLine } from "./assessment.ts";
import { leakScore, minRise, type Score } from "./leak_score.ts";
import { quantile } from "./quantile.ts";
import { bestSplit } from "./step.ts";
import { SEGMENTS } from "./segments.ts";
import type { Estimator } from "./estimator.ts";
import { type Ablation, type SeriesFacts, type Window, windowOf } from "./window.ts";

export interface ClassifyOptions {
  unit: Unit;
  /** The value that must not be reached, in the unit of the series. */
  limit?: number | null;
  /** What is measured, for the sentence: "anonymous memory", "open descriptors". */
  what?: string | null;
  /** A rise below this is never a leak, however sure it is, in the unit of the series. */
  min_rise?: number;
  /** Components left out, for the bench. */
  without?: ReadonlySet<Ablation>;
}

/**
 * What a leak must score in the part of a window that follows a warm-up or a jump. More than 1: it is a second test of the
 * same series, and the slow end of a warm-up is nearly straight.
 */
const SECOND_EVALUATION = 1.5;
/** Less than this cannot be judged: a minute, as bucket means see it, whose outer buckets may hold two samples each. */
const MIN_SAMPLES = 30, MIN_BUCKETS = 24, MIN_SECONDS = 58;
/** Cycles, and seconds, that a leak must be seen over when only comparing phases shows it. */
const LEAK_CYCLES = 3, LEAK_CYCLE_SECONDS = 1800;
/** What that is worth on the scale of drift: chance brings it about in one of 200. */
const CYCLE_DRIFT = 4.5;
const NOTHING: ReadonlySet<Ablation> = new Set();

/**
 * Judges one series: leak, growing, warm-up, step, sawtooth, periodic, stable, shrinking or insufficient-data, with rate,
 * time to the limit and the sentence that says why. Pure; looks once over at most 256 buckets.
 */
export function classify(buckets: Buckets, options: ClassifyOptions): Assessment {
  const { unit, limit = null, what = null, min_rise = 0, without = NOTHING } = options;
  const columns = buckets.columns(), { times } = columns, n = times.length;
  const span = n ? times[n - 1]! - times[0]! : 0;
  const refuse = (evidence: string) => insufficient(evidence, unit, span, buckets.samples);
  if (buckets.samples < MIN_SAMPLES || n < MIN_BUCKETS || span < MIN_SECONDS) {
    return refuse(`${plural(buckets.samples, "sample")} in ${formatSpan(span)}: too few to judge`);
  }
  if (longestGap(times) > 0.5 * span) return refuse("more than half of the window is one gap");
  const facts: SeriesFacts = { unit, limit, minRise: min_rise, without };
  const window = windowOf(columns, facts);
  if (!window) return refuse("too many gaps");

  const wording: say.Wording = { unit, what };
  const score = leakScore(window), { period } = window;
  const growingCycle = period !== null && period.growing && period.slope * SEGMENTS >= minRise(window);
  const most = mostConfidence(span);
  const said = { unit, window_seconds: span, samples: buckets.samples, level: window.level };
  const scored = { score: score.value, drift: score.drift, weakest: score.weakest };
  const line = (view: Estimator) => ({ name: view.name, ...trendLine(view.points, span, SEGMENTS) });

  const leak = (of: Window, by: Score, since: number, evidence: string): Assessment => ({
    verdict: "leak",
    confidence: Math.min(mostConfidence(of.span), leakConfidence(by.value)),
    evidence,
    ...said,
    score: by.value,
    drift: by.drift,
    weakest: by.weakest,
    rise: by.view.rise,
    ...rateOf(of, "leak", by.view, by.view.slope, by.view.lateSlope),
    view: { name: by.view.name, ...trendLine(by.view.points, of.span, SEGMENTS, since) },
  });

  if (score.value >= 1) return leak(window, score, 0, say.leakMessage(window, score, wording));
  if (growingCycle && period.cycles >= LEAK_CYCLES && span >= LEAK_CYCLE_SECONDS) {
    return {
      verdict: "leak",
      confidence: Math.min(most, 0.85),
      evidence: say.cycleLeakMessage(window, period, wording),
      ...said,
      ...scored,
      drift: CYCLE_DRIFT,
      rise: period.slope * SEGMENTS,
      ...rateOf(window, "leak", { error: period.error, degreesOfFreedom: 10 }, period.slope, period.slope),
      view: { ...line(window.typical), name: "same point of the cycle" },
    };
  }
  const shape = healthyShape(window, score, growingCycle, wording);
  // What comes after a warm-up or a jump is looked at by itself: a program that jumps may leak before and after.
  const later = shape.verdict === "warm-up"
    ? tailOf(columns, middleOf(times))
    : shape.verdict === "step"
    ? tailOf(columns, bestSplit(columns.means).index)
    : null;
  const after = later && windowOf(later, facts), again = after && leakScore(after);
  if (again && again.value >= SECOND_EVALUATION) {
    const message = shape.verdict === "step" ? say.afterJumpMessage : say.afterWarmUpMessage;
    return leak(after, again, later.times[0]! - times[0]!, message(after, again, wording));
  }
  const slope = shape.slope ?? shape.view.slope;
  return {
    verdict: shape.verdict,
    confidence: shape.confidence,
    evidence: shape.evidence,
    ...said,
    ...scored,
    rise: shape.view.rise,
    ...rateOf(window, shape.verdict, shape.view, slope, shape.view.lateSlope),
    view: line(shape.view),
  };
}

/** Judges samples given as columns; times in seconds, ascending. */
export function classifySeries(
  timesSeconds: ArrayLike<number>,
  values: ArrayLike<number>,
  options: ClassifyOptions,
): Assessment {
  const buckets = new Buckets();
  for (let i = 0; i < timesSeconds.length; i++) buckets.push(timesSeconds[i]!, values[i]!);
  return classify(buckets, options);
}

function rateOf(
  window: Window,
  verdict: Verdict,
  { error, degreesOfFreedom }: { error: number; degreesOfFreedom: number },
  slope: number,
  lateSlope: number,
): Pick<Assessment, "rate_per_hour" | "time_to_limit_seconds"> {
  const { perHour } = window;
  const mid = slope * perHour, margin = t90(degreesOfFreedom) * error * perHour;
  const rate = { low: mid - margin, mid, high: mid + margin };
  const ahead = verdict === "leak" || verdict === "growing";
  const left = ahead ? timeToLimit(window, rate.low, lateSlope * perHour, rate.high) : null;
  return { rate_per_hour: rate, time_to_limit_seconds: left };
}

/** Room to the limit from the recent high, at the fastest and the slowest of the rate's interval and the late slope. */
function timeToLimit(
  window: Window,
  low: number,
  late: number,
  high: number,
): Assessment["time_to_limit_seconds"] {
  const { limit, highs } = window;
  if (limit === null) return null;
  const n = highs.length, recent = Math.max(3, Math.trunc(n / SEGMENTS));
  const room = Math.max(0, limit - quantile(highs, 0.9, Math.max(0, n - recent)));
  const fastest = Math.max(high, late), slowest = late > 0 ? Math.min(low, late) : low;
  if (fastest <= 0) return null;
  return { low: (room / fastest) * 3600, high: slowest > 0 ? (room / slowest) * 3600 : null };
}

function insufficient(evidence: string, unit: Unit, span: number, samples: number): Assessment {
  return {
    verdict: "insufficient-data",
    confidence: 0,
    unit,
    rate_per_hour: null,
    time_to_limit_seconds: null,
    evidence,
    window_seconds: span,
    samples,
    rise: 0,
    level: 0,
    score: 0,
    drift: 0,
    weakest: null,
    view: null,
  };
}

const middleOf = (times: Float64Array): number => {
  const middle = (times[0]! + times.at(-1)!) / 2;
  return times.findIndex((t) => t >= middle);
};

/** The window from this bucket on, as one of its own; null where too few buckets lie in it. */
function tailOf({ times, lows, means, highs }: BucketColumns, from: number): BucketColumns | null {
  const n = times.length;
  if (n - from < MIN_BUCKETS || times[n - 1]! - times[from]! < MIN_SECONDS) return null;
  const tail = (column: Float64Array) => column.subarray(from);
  return { times: tail(times), lows: tail(lows), means: tail(means), highs: tail(highs) };
}

function longestGap(times: Float64Array): number {
  let longest = 0;
  for (let i = 1; i < times.length; i++) longest = Math.max(longest, times[i]! - times[i - 1]!);
  return longest;
}
