import { WatchedSeries } from "../../rules/findings/mod.ts";
import { classifySeries } from "../../rules/detector/mod.ts";
import type { Detector, Series } from "./detectors.ts";
import { modelSuite } from "./models.ts";
import { readRealSeries, type RealSeries, windowsOf, withLeak } from "./real_series.ts";
import { type Length, LENGTHS, makeFaintLeak, suite } from "./synthetic/mod.ts";

/** How often a detector said leak in a group of series. */
export interface Share {
  said: number;
  of: number;
}

/** Shares by detector, then by group. */
export type Shares = Record<string, Record<string, Share>>;

function count(shares: Shares, detector: string, groups: readonly string[], said: boolean): void {
  for (const group of groups) {
    const share = (shares[detector] ??= {})[group] ??= { said: 0, of: 0 };
    share.of++;
    if (said) share.said++;
  }
}

/** Synthetic series, by family and length. Groups: `family/length`, and per length `leaking/…` and `healthy/…`. */
export function onSynthetic(detectors: readonly Detector[], seed: number, each: number): Shares {
  const shares: Shares = {};
  for (const series of suite(seed, each)) {
    const kind = series.leaks ? "leaking" : "healthy";
    const groups = [`${series.family}/${series.length}`, `${kind}/${series.length}`];
    if (series.length !== "5m") groups.push(`${kind}/1h and longer`);
    for (const detector of detectors) count(shares, detector.name, groups, detector.leaks(series));
  }
  return shares;
}

/** Models of programs, by model and length; groups `leaking/…` and `healthy/…` of each, and over all. */
export function onModels(detectors: readonly Detector[], seed: number, each: number): Shares {
  const shares: Shares = {};
  for (const series of modelSuite(seed, each)) {
    const kind = series.leaks ? "leaking" : "healthy";
    const groups = [`${kind} ${series.model}/${series.length}`, `${kind}/all`];
    for (const detector of detectors) count(shares, detector.name, groups, detector.leaks(series));
  }
  return shares;
}

const HOUR = 3600, DAY = 24 * HOUR;

/** Real windows: healthy ones of 24 h and 48 h, ageing ones of 48 h, and leaks laid over the healthy ones. */
export function* realWindows(folder: string): Generator<{ group: string; series: Series }> {
  for (const host of readRealSeries(folder)) {
    if (host.leaks) {
      for (const series of windowsOf(host, 2 * DAY, 2 * HOUR)) yield { group: "ageing 48 h", series };
      for (const series of windowsOf(host, 2 * DAY, 2 * DAY)) {
        yield { group: "ageing 48 h, disjoint", series };
      }
      continue;
    }
    for (const series of windowsOf(host, DAY, 6 * HOUR)) yield { group: "healthy 24 h", series };
    for (const series of windowsOf(host, 2 * DAY, 12 * HOUR)) yield { group: "healthy 48 h", series };
    for (const series of windowsOf(host, 6 * HOUR, 3 * HOUR)) yield { group: "healthy 6 h", series };
    for (const window of windowsOf(host, 2 * DAY, DAY)) {
      for (const points of [6, 12, 24]) {
        for (const onset of [0, 0.25] as const) {
          yield { group: `+${points} points in 48 h`, series: withLeak(window, points, onset) };
        }
      }
    }
  }
}

export function onReal(detectors: readonly Detector[], folder: string): Shares {
  const shares: Shares = {};
  for (const { group, series } of realWindows(folder)) {
    for (const detector of detectors) count(shares, detector.name, [group], detector.leaks(series));
  }
  return shares;
}

/** A monitor that runs for the whole recording: windows up to 14 d, vetoes, confirmations; looked at every half hour. */
export interface MonitorResult {
  host_days: number;
  /** Times that a leak was first said after it had not been. */
  episodes: number;
  /** Share of looks that said leak. */
  share: number;
}

export function asMonitor(hosts: readonly RealSeries[], confirmations: number): MonitorResult {
  let days = 0, episodes = 0, looks = 0, said = 0;
  for (const { times, values, unit } of hosts) {
    const watched = new WatchedSeries({ unit, confirmations });
    let lookAt = times[0]! + HOUR, saying = false;
    days += (times.at(-1)! - times[0]!) / DAY;
    for (let i = 0; i < times.length; i++) {
      watched.push(times[i]!, values[i]!);
      if (times[i]! < lookAt) continue;
      lookAt += HOUR / 2;
      const leak = watched.classify().verdict === "leak";
      looks++;
      if (leak) said++;
      if (leak && !saying) episodes++;
      saying = leak;
    }
  }
  return { host_days: days, episodes, share: said / looks };
}

/** Share found of straight leaks whose growth is so many times the deviation of the noise, per length. */
export function foundByStrength(
  seed: number,
  each: number,
  strengths: readonly number[],
): Record<Length, number[]> {
  const found = {} as Record<Length, number[]>;
  for (const length of Object.keys(LENGTHS) as Length[]) {
    found[length] = strengths.map((strength) => {
      let said = 0;
      for (let i = 0; i < each; i++) {
        const { times, values, unit } = makeFaintLeak(strength, length, seed, i);
        if (classifySeries(times, values, { unit }).verdict === "leak") said++;
      }
      return said / each;
    });
  }
  return found;
}
