/** The trend detector: one series in constant memory, one verdict with its reason. Pure. */
export { BUCKET_CAP, type BucketColumns, Buckets, type BucketsJson } from "./buckets.ts";
export { judge, type JudgeOptions, judgeSeries } from "./classify.ts";
export type { Judgement } from "./assessment.ts";
export { amount, span } from "../../model/format.ts";
export { type Part, QUANTUM } from "./window.ts";
export {
  entryOf,
  judgementOfRecorded,
  judgeRecorded,
  type RecordedSeries,
  type SeriesEntry,
} from "./recorded_series.ts";
