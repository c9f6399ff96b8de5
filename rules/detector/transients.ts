import { median, robustDeviation } from "./quantile.ts";
import { segmentMiddles, theilSen } from "./segments.ts";

/** How far off the robust line, in robust standard deviations, a bucket must lie to count as transient. */
const FAR = 4;
/** If more than this share would be set aside, the outliers are the series itself. */
const MOST = 0.3;

/**
 * Marks temporary jobs: runs of buckets far off the robust line, with values near the line on both sides.
 * @returns keep[i] is 1 for buckets to classify, 0 for those set aside
 */
export function keepWithoutTransients(positions: ArrayLike<number>, means: ArrayLike<number>): Uint8Array {
  const n = means.length;
  const keep = new Uint8Array(n).fill(1);
  const { slope, intercept } = theilSen(segmentMiddles(positions, means, median));
  const off = new Float64Array(n);
  for (let i = 0; i < n; i++) off[i] = means[i]! - intercept - slope * positions[i]!;
  const center = median(off);
  const bound = FAR * (robustDeviation(off, center) + 0.001 * Math.abs(intercept));
  let setAside = 0;
  for (let i = 0; i < n;) {
    let end = i;
    while (end < n && Math.abs(off[end]! - center) > bound) end++;
    if (end > i && i > 0 && end < n) {
      keep.fill(0, i, end);
      setAside += end - i;
    }
    i = Math.max(end, i + 1);
  }
  return setAside <= MOST * n ? keep : keep.fill(1);
}
