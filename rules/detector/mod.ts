/** The trend detector: one series in constant memory, one verdict with its reason. Pure. */
export { BUCKET_CAP, type BucketColumns, Buckets, type BucketsJson } from "./buckets.ts";
export { BucketPool, oneSeriesStore, PRECISE_ROWS, type RowStore } from "./bucket_pool.ts";
export { classify, type ClassifyOptions, classifySeries } from "./classify.ts";
export type { Assessment } from "./assessment.ts";
export { type Ablation, QUANTUM } from "./window.ts";
export { floorRise, UNKNOWN_GROWTH } from "./floor_rise.ts";
