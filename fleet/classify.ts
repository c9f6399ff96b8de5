/** The one file of this folder that knows the detector: a fleet's series are judged as a machine's are. */

import type { RatePerHour, Unit, Verdict } from "../model/finding.ts";
import { Buckets, judge, type Judgement } from "../rules/detector/mod.ts";
import { leaksAmongMany } from "../rules/findings/false_discovery_rate.ts";

export interface SeriesOptions {
  unit: Unit;
  limit: number | null;
  what: string;
  step_seconds: number;
}

/** What is kept of the detector's judgement of one life; a fleet has 10^5 of them. */
export interface Assessment {
  verdict: Verdict;
  confidence: number;
  rate_per_hour: RatePerHour;
  time_to_limit_seconds: { low: number; high: number | null } | null;
  /** Why, of those that grow; else "". */
  evidence: string;
  /** The drift over its error, as the correction for many series wants it. */
  drift: number;
  /** Growth over the life as the deciding estimator sees it. */
  rise: number;
  level: number;
}

/** Fewer points the detector does not judge. */
export const MIN_POINTS = 30;

/** Judges the points from..to of a series; null where there are too few to say anything. */
export function classifySeries(
  times: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  { unit, limit, what, step_seconds }: SeriesOptions,
): Assessment | null {
  if (to - from < MIN_POINTS) return null;
  const buckets = new Buckets(step_seconds);
  for (let i = from; i < to; i++) buckets.push(times[i]!, values[i]!);
  const said = judge(buckets, { unit, limit, what });
  if (said.verdict === "insufficient-data" || said.rate_per_hour === null) return null;
  const grows = said.verdict === "leak" || said.verdict === "growing";
  return {
    verdict: said.verdict,
    confidence: said.confidence,
    rate_per_hour: said.rate_per_hour,
    time_to_limit_seconds: said.time_to_limit_seconds,
    evidence: grows ? said.evidence : "",
    drift: said.drift,
    rise: said.rise,
    level: said.level,
  };
}

/**
 * Which of these leaks stand the correction for having looked at `looked_at` series of their kind (Benjamini and Hochberg, as on
 * one machine): one flag each.
 */
export function standAmongMany(leaks: readonly { drift: number }[], lookedAt: number): boolean[] {
  return leaksAmongMany(leaks.map(({ drift }) => ({ verdict: "leak", drift }) as Judgement), lookedAt);
}
