/**
 * How a series has grown lately, as far as its shape tells a leak from a cache that fills: measured on real servers in their first
 * quarter of an hour (bench/servers), where neither half nor ratio alone decides.
 */

import type { BucketColumns } from "../detector/mod.ts";

export interface GrowthProfile {
  /** Seconds that the profile covers. */
  seconds: number;
  /** Growth per hour over them, in the unit of the series. */
  rate_per_hour: number;
  /** Share of the rise that lies in the second half: .5 for a straight line, less where it slows. */
  second_half: number;
  /** Value now. */
  value: number;
}

/** The last ten minutes, or what there is of them. */
const LOOK_BACK_SECONDS = 600;
/** Ends are means over this share of the look-back, so that one outlier does not decide. */
const END_SHARE = 1 / 12;

/** null where there is too little to compare. Columns as Buckets keep them: times ascending, means per bucket. */
export function growthProfile({ times, means }: BucketColumns): GrowthProfile | null {
  const n = times.length;
  if (n < 6) return null;
  const end = times[n - 1]!, seconds = Math.min(LOOK_BACK_SECONDS, end - times[0]!);
  if (seconds <= 0) return null;
  const width = seconds * END_SHARE;
  const around = (t: number): number => {
    let sum = 0, count = 0, nearest = 0;
    for (let i = 0; i < n; i++) {
      const distance = Math.abs(times[i]! - t);
      if (distance < Math.abs(times[nearest]! - t)) nearest = i;
      if (distance <= width) sum += means[i]!, count++;
    }
    return count ? sum / count : means[nearest]!;
  };
  const begin = end - seconds;
  const first = around(begin + width), middle = around(begin + seconds / 2), last = around(end - width);
  const rise = last - first, reach = seconds - 2 * width;
  return {
    seconds,
    rate_per_hour: (rise / reach) * 3600,
    second_half: rise === 0 ? 0 : (last - middle) / rise,
    value: means[n - 1]!,
  };
}
