/**
 * The probability that growth is a leak. A young program's growth looks the same whether it fills a cache or leaks (docs/detector.md),
 * so what decides is age: growth now × age ÷ memory is near 1 for what has leaked since it began, far less for servers past
 * their warm-up, and more for a burst of work that began lately.
 *
 * A logistic model of few terms, fitted by bench/servers/fit.ts on the recorded programs and cross-validated over programs.
 */

import type { GrowthProfile } from "./growth_profile.ts";
import { LEAK_MODEL } from "./leak_model.ts";

/** `leak` means at least this. */
export const LEAK_PROBABILITY = 0.8;
/** Before this age a program, or its load, may still be filling what it was built to fill: a quarter of an hour, and some minutes to see that it stopped. */
export const YOUNG_SECONDS = 1140;
/** What growth may claim at most where it is young, levels off, or the detector is far from sure of it. */
export const EARLY_PROBABILITY = 0.75;
/** The detector's score (1: all of its evidence is there) from which growth may be called a leak; its own bound is 1 for any series. */
const MIN_SCORE = 0.6;
/** Share of the rise in its second half below which growth is levelling off. */
const MIN_SECOND_HALF = 0.4;
/** What growth towards a declared limit may claim. */
const FILLING_PROBABILITY = 0.3;
/** Above this lifetime ratio the growth began lately. */
const BURST_RATIO = 1.15;
const MIB = 2 ** 20;

export interface LeakEvidence {
  profile: GrowthProfile;
  /** Since the program began. */
  age_seconds: number;
  /** Since it is watched. */
  watched_seconds: number;
  /** How close the detector is to calling it a leak: 1 and more, all of its evidence is there. */
  score: number;
  /** The value that the program declares as its own limit, and what is known to lie beyond the limit at most; null: none known. */
  declared_limit: number | null;
}

/** What the model sees, each about −1 to 1. */
export function leakFeatures(
  { profile, age_seconds }: Pick<LeakEvidence, "profile" | "age_seconds">,
): number[] {
  const ratio = lifetimeRatio(profile, age_seconds), half = profile.second_half;
  const slow = clamp(Math.log2(Math.max(1, profile.rate_per_hour / MIB) / 60) / 2.5, -1, 0);
  return [
    1,
    Math.min(1, ratio),
    Math.min(0, ratio - 0.75),
    // Faster than its lifetime explains: a burst that began lately.
    clamp(1.1 - ratio, -1, 0),
    // Slowing down, or speeding up.
    clamp(3 * (half - 0.5), -1, 0),
    clamp(3 * (0.65 - half), -1, 0),
    Math.log2(clamp(age_seconds, 60, 4 * 3600) / YOUNG_SECONDS) / 4,
    // Little growth of a large program is what many healthy ones do.
    slow * (1 - clamp((ratio - 0.6) / 0.3, 0, 1)),
  ];
}

/** Growth per hour × age ÷ memory: 1 where it has always grown like this. */
export function lifetimeRatio({ rate_per_hour, value }: GrowthProfile, ageSeconds: number): number {
  return value <= 0 ? 0 : Math.max(0, (rate_per_hour * ageSeconds) / 3600 / value);
}

/**
 * Since when it can have grown like this: since its start, or, where that would have made more memory than there is, only since it
 * is watched.
 */
export const growthAge = ({ profile, age_seconds, watched_seconds }: LeakEvidence): number =>
  lifetimeRatio(profile, age_seconds) > BURST_RATIO ? Math.min(age_seconds, watched_seconds) : age_seconds;

/** 0 to 1. */
export function leakProbability(evidence: LeakEvidence): number {
  const { declared_limit, profile, score } = evidence;
  if (profile.rate_per_hour <= 0) return 0.05;
  const sum = leakFeatures(evidence).reduce((total, value, i) => total + value * LEAK_MODEL[i]!, 0);
  const probability = 1 / (1 + Math.exp(-sum));
  // What grows towards a limit that it was given is filling; past it the limit explains nothing any more.
  if (declared_limit !== null && profile.value < declared_limit) {
    return Math.min(probability, FILLING_PROBABILITY);
  }
  const isUndecided = growthAge(evidence) < YOUNG_SECONDS || score < MIN_SCORE ||
    profile.second_half < MIN_SECOND_HALF;
  return isUndecided ? Math.min(probability, EARLY_PROBABILITY) : probability;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
