/**
 * From what the detector saw of one series, and what is known of its subject, to the probability that its growth is a leak: the same for
 * the series of a machine that is watched and for those of a fleet's history. Pure.
 */

import type { Unit } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";
import {
  EARLY_PROBABILITY,
  LEAK_PROBABILITY,
  type LeakEvidence,
  leakProbability,
  YOUNG_SECONDS,
} from "./leak_probability.ts";

/** Twice as long as the longest recording that the model was fitted to. */
const LONG_WATCH_SECONDS = 5400;

/**
 * The detector claims at most 60 % of a window of less than ten minutes. Of descriptors, threads, shared memory and files on a tmpfs that it
 * called leaks that early in bench/servers, nineteen of twenty were.
 */
const SHORT_WINDOW_PROBABILITY = 0.75;

export interface GrowthCase {
  assessment: Pick<Assessment, "verdict" | "confidence" | "score">;
  unit: Unit;
  /** Whether it stands the correction for having looked at many series of its kind. */
  is_significant: boolean;
  watched_seconds: number;
  /** The one program that it is about; null: of what holds many, or none. */
  program: Pick<LeakEvidence, "age_seconds" | "cpu_seconds" | "is_filling"> | null;
  /** How the program has grown lately; null where that is not known. */
  profile: LeakEvidence["profile"] | null;
  /** How long what holds many programs is watched before it may be called a leak. */
  patience_seconds: number;
}

/** 0 to 1; a leak from LEAK_PROBABILITY on. */
export function growthProbability(growth: GrowthCase): number {
  const { assessment, watched_seconds, program, unit } = growth;
  const sure = growth.is_significant ? assessment.confidence : Math.min(assessment.confidence, 0.5);
  // Growth that the detector does not call a leak is none where no model of ages and rates speaks for it.
  const grows = assessment.verdict === "leak" ? sure : Math.min(sure, EARLY_PROBABILITY);
  const evidence = leakEvidence(growth);
  if (evidence) {
    const byAge = leakProbability(evidence);
    // The model knows programs for three quarters of an hour: what was watched for longer shows in the detector's own windows.
    const isSeenForLong = watched_seconds >= LONG_WATCH_SECONDS && assessment.verdict === "leak" &&
      !evidence.is_filling;
    return isSeenForLong ? Math.max(byAge, sure) : byAge;
  }
  const isEarly = program === null || growth.profile === null
    ? watched_seconds < growth.patience_seconds
    : unit !== "bytes" && program.age_seconds < YOUNG_SECONDS;
  const isShort = isEarly && growth.is_significant && assessment.verdict === "leak";
  const likely = isShort ? Math.max(grows, SHORT_WINDOW_PROBABILITY) : grows;
  return isEarly ? Math.min(likely, EARLY_PROBABILITY) : likely;
}

/** What the model of a program's memory goes by; null where it has no say. */
export function leakEvidence(
  { program, profile, unit, watched_seconds, assessment }: GrowthCase,
): LeakEvidence | null {
  if (program === null || profile === null || unit !== "bytes") return null;
  return { profile, watched_seconds, score: assessment.score, ...program };
}

/** The word for growth of this probability. */
export const growthVerdict = (probability: number): "leak" | "growing" =>
  probability >= LEAK_PROBABILITY ? "leak" : "growing";
