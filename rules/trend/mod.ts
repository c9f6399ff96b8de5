/** The trend detector: one series in constant memory, one verdict with its reason. Pure. */
export { BUCKET_CAP, type BucketColumns, Buckets, type BucketsJson } from "./buckets.ts";
export { judge, type JudgeOptions, judgeSeries } from "./judge.ts";
export type { Judgement } from "./judgement.ts";
export { amount, span } from "./human.ts";
export { type Part, QUANTUM } from "./window.ts";
export {
  entryOf,
  judgementOfRecorded,
  judgeRecorded,
  type RecordedSeries,
  type SeriesEntry,
} from "./recorded_series.ts";
