/** Every series of a machine in windows of an hour to two weeks, and the findings over all of them. Pure. */
export { LeakDetector, type LeakDetectorOptions, type NextStepFor, type Suspect } from "./leak_detector.ts";
export { growthProfile } from "./growth_profile.ts";
export { growthProbability, growthVerdict } from "./growth_verdict.ts";
export { YOUNG_SECONDS } from "./leak_probability.ts";
export { LIVE_HEAP, processKey } from "./process_series.ts";
export { ranked, severityOf } from "./ranking.ts";
export {
  type Freshness,
  WatchedSeries,
  type WatchedSeriesJson,
  type WatchedSeriesOptions,
} from "./watched_series.ts";
export { attribute, type FindingWithEffects, withEffects } from "./attribution.ts";
