/**
 * The probability that growth is a leak. A young program's growth looks the same whether it fills a cache or leaks (docs/detector.md),
 * so what decides is age: growth now × age ÷ memory is near 1 for what has leaked since it began, far less for servers past
 * their warm-up, and more for a burst of work that began lately. Age is measured by the clock and by the work done, in CPU time: a
 * server that leaks with each request slows down with its load, and has not levelled off.
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
export const EARLY_PROBABILITY = 0.79;
/** The detector's score (1: all of its evidence is there) from which growth may be called a leak; its own bound is 1 for any series. */
const MIN_SCORE = 0.6;
/** Share of the rise in its second half below which growth is levelling off. */
const MIN_SECOND_HALF = 0.4;
/** What growth may claim that is filling what the program was given, and what was called a leak and has levelled off. */
export const FILLING_PROBABILITY = 0.3;
/** Above this lifetime ratio the growth began lately. */
const BURST_RATIO = 1.15;
/** In their first minutes leaks and caches have the same ratio. */
const WARM_UP_SECONDS = 600;
/** Ages beyond what was recorded count like these. */
const MIN_AGE_SECONDS = 60, MAX_AGE_SECONDS = 3600;

export interface LeakEvidence {
  profile: GrowthProfile;
  /** Since the program began. */
  age_seconds: number;
  /** CPU time that it has used since; null where hidden. */
  cpu_seconds: number | null;
  /** Since it is watched. */
  watched_seconds: number;
  /** How close the detector is to calling it a leak: 1 and more, all of its evidence is there. */
  score: number;
  /** Whether it is filling what it declares as its limit, or what it is known to fill at this age. */
  is_filling: boolean;
}

/** What the model sees, each about −1 to 1. */
export function leakFeatures(evidence: Omit<LeakEvidence, "score" | "is_filling">): number[] {
  const ratio = lifetimeRatio(evidence);
  const age = clamp(evidence.age_seconds, MIN_AGE_SECONDS, MAX_AGE_SECONDS);
  return [
    1,
    // Faster than its lifetime explains: a burst that began lately.
    clamp(1.1 - ratio, -1, 0),
    // Slowing down.
    clamp(3 * (secondHalf(evidence.profile) - 0.5), -1, 0),
    Math.log2(age / YOUNG_SECONDS) / 4,
    // The older it is, the more the ratio tells; until its warm-up has begun to end, nothing.
    Math.max(0, Math.log2(age / WARM_UP_SECONDS) / 4) * (Math.min(1, ratio) - 0.5),
  ];
}

/**
 * Growth × age ÷ memory: 1 where it has always grown like this. By the clock or by CPU time, whichever explains more of the memory,
 * or less of a burst.
 */
export function lifetimeRatio(
  { profile, age_seconds, cpu_seconds }: Pick<LeakEvidence, "profile" | "age_seconds" | "cpu_seconds">,
): number {
  const { rate_per_hour, value, work } = profile;
  if (value <= 0) return 0;
  const byClock = Math.max(0, (rate_per_hour * age_seconds) / 3600 / value);
  if (work === null || cpu_seconds === null) return byClock;
  const byWork = Math.max(0, (work.rate_per_cpu_second * cpu_seconds) / value);
  return byClock <= 1 ? Math.max(byClock, Math.min(1, byWork)) : Math.max(1, Math.min(byClock, byWork));
}

/** Share of the rise in the second half of the time, or of the work where that was not done evenly. */
export const secondHalf = ({ second_half, work }: GrowthProfile): number =>
  work !== null && second_half < 0.5 ? Math.max(second_half, Math.min(0.5, work.second_half)) : second_half;

/**
 * Since when it can have grown like this: since its start, or, where that would have made more memory than there is, only since it
 * is watched.
 */
export const growthAge = (evidence: Omit<LeakEvidence, "score" | "is_filling">): number =>
  lifetimeRatio(evidence) > BURST_RATIO
    ? Math.min(evidence.age_seconds, evidence.watched_seconds)
    : evidence.age_seconds;

/** 0 to 1. */
export function leakProbability(evidence: LeakEvidence): number {
  const { is_filling, profile, score } = evidence;
  if (profile.rate_per_hour <= 0) return 0.05;
  const sum = leakFeatures(evidence).reduce((total, value, i) => total + value * LEAK_MODEL[i]!, 0);
  const probability = 1 / (1 + Math.exp(-sum));
  if (is_filling) return Math.min(probability, FILLING_PROBABILITY);
  const isUndecided = growthAge(evidence) < YOUNG_SECONDS || score < MIN_SCORE ||
    secondHalf(profile) < MIN_SECOND_HALF;
  return isUndecided ? Math.min(probability, EARLY_PROBABILITY) : probability;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
