/**
 * Whether probabilities are probabilities: reliability (Murphy & Winkler 1977), expected calibration error (Naeini et al. 2015,
 * ten equal bins) and the Brier score (1950). Pure.
 */
import { leaksAt, type Track } from "./track.ts";

/** A probability that was said, what was true, and what it weighs. */
export interface Forecast {
  probability: number;
  isLeak: boolean;
  weight: number;
}

export interface ReliabilityBin {
  /** Lower and upper end; the last holds 1. */
  from: number;
  to: number;
  weight: number;
  /** Means within the bin; NaN where it is empty. */
  probability: number;
  frequency: number;
}

/** Every opinion with a verdict. Each program weighs the same, however long it was watched: opinions of one program repeat each other. */
export function forecasts(tracks: readonly Track[]): Forecast[] {
  return tracks.flatMap(({ program, opinions }) => {
    const said = opinions.filter(({ verdict }) => verdict !== null);
    return said.map(({ probability, age_seconds }) => ({
      probability,
      isLeak: leaksAt(program, age_seconds),
      weight: 1 / opinions.length,
    }));
  });
}

/** Every opinion; silence is a probability of 0. */
export function forecastsWithSilence(tracks: readonly Track[]): Forecast[] {
  return tracks.flatMap(({ program, opinions }) =>
    opinions.map(({ probability, age_seconds }) => ({
      probability,
      isLeak: leaksAt(program, age_seconds),
      weight: 1 / opinions.length,
    }))
  );
}

export function reliability(forecasts: readonly Forecast[], bins = 10): ReliabilityBin[] {
  const binOf = (probability: number) => Math.min(bins - 1, Math.floor(probability * bins));
  return Array.from({ length: bins }, (_, bin) => {
    const inside = forecasts.filter(({ probability }) => binOf(probability) === bin);
    const weight = sum(inside.map((forecast) => forecast.weight));
    const mean = (of: (forecast: Forecast) => number) =>
      sum(inside.map((forecast) => of(forecast) * forecast.weight)) / weight;
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      weight,
      probability: mean(({ probability }) => probability),
      frequency: mean(({ isLeak }) => isLeak ? 1 : 0),
    };
  });
}

/** Mean distance between probability and frequency over the bins, by weight; NaN without forecasts. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const filled = bins.filter(({ weight }) => weight > 0);
  const total = sum(filled.map(({ weight }) => weight));
  return sum(filled.map((bin) => bin.weight * Math.abs(bin.probability - bin.frequency))) / total;
}

/** Mean squared error of the probabilities, 0 to 1; .25 is what always saying a half gets. NaN without forecasts. */
export function brierScore(forecasts: readonly Forecast[]): number {
  const squared = forecasts.map(({ probability, isLeak, weight }) =>
    weight * (probability - (isLeak ? 1 : 0)) ** 2
  );
  return sum(squared) / sum(forecasts.map(({ weight }) => weight));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
