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
/** Before this age a program may still be filling what it was built to fill. */
export const YOUNG_SECONDS = 900;
/** What a young program's growth may claim at most. */
const YOUNG_PROBABILITY = 0.75;

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
export function leakFeatures({ profile, age_seconds, watched_seconds, score }: LeakEvidence): number[] {
  const ratio = lifetimeRatio(profile, age_seconds);
  return [
    1,
    Math.min(1, ratio),
    // Faster than its lifetime explains: a burst that began lately.
    Math.max(-1, Math.min(0, 1.1 - ratio)),
    1 - Math.min(1, 3 * Math.abs(profile.second_half - 0.5)),
    Math.log2(Math.max(60, Math.min(watched_seconds, 4 * 3600)) / 600) / 4,
    Math.log2(Math.max(60, Math.min(age_seconds, 86_400)) / 900) / 6,
    Math.min(1, score) - 0.5,
  ];
}

/** Growth per hour × age ÷ memory: 1 where it has always grown like this. */
export function lifetimeRatio({ rate_per_hour, value }: GrowthProfile, ageSeconds: number): number {
  return value <= 0 ? 0 : Math.max(0, (rate_per_hour * ageSeconds) / 3600 / value);
}

/** 0 to 1. */
export function leakProbability(evidence: LeakEvidence): number {
  if (evidence.profile.rate_per_hour <= 0) return 0.05;
  const { declared_limit, profile } = evidence;
  const sum = leakFeatures(evidence).reduce((total, value, i) => total + value * LEAK_MODEL[i]!, 0);
  const probability = 1 / (1 + Math.exp(-sum));
  // What grows towards a limit that it was given is filling; past it the limit explains nothing any more.
  if (declared_limit !== null && profile.value < declared_limit) return Math.min(probability, 0.3);
  return evidence.age_seconds < YOUNG_SECONDS ? Math.min(probability, YOUNG_PROBABILITY) : probability;
}
