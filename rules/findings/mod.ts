/** Every series of a machine in windows of an hour to two weeks, and the findings over all of them. Pure. */
export { LeakDetector, type LeakDetectorOptions, type NextStepFor, type Suspect } from "./leak_detector.ts";
export { LIVE_HEAP, processKey } from "./process_series.ts";
export { ranked, severityOf } from "./ranking.ts";
export { WatchedSeries, type WatchedSeriesJson, type WatchedSeriesOptions } from "./watched_series.ts";
export { attribute, type FindingWithEffects, withEffects } from "./attribution.ts";
