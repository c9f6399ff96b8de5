import type { GrowthReading } from "../../model/growth_reading.ts";
import type { Buckets } from "./buckets.ts";

/** Two buckets for each third. */
const MIN_BUCKETS = 6;

export const UNKNOWN_GROWTH: GrowthReading = { rise: NaN, ratio: NaN, window_seconds: NaN };

/**
 * Growth that stays over the last `periodSeconds`: the rise of the floor, as alert rules see it. The first value against the last
 * would accuse every sawtooth and every garbage collector; here the lowest value of the last third is compared with the lowest of
 * the first. The middle third must lie between, and the last above all of the first, else the rise is 0 (or what the floor fell).
 * It counts for at most three times what each half added, so that neither a start-up nor a step is growth; a straight rise counts
 * in full.
 */
export function floorRise(
  buckets: Pick<Buckets, "size" | "timeAt" | "lowAt" | "highAt">,
  periodSeconds: number,
): GrowthReading {
  const end = buckets.size;
  let begin = 0;
  if (end < MIN_BUCKETS) return UNKNOWN_GROWTH;
  const until = buckets.timeAt(end - 1);
  while (buckets.timeAt(begin) < until - periodSeconds) begin++;
  if (end - begin < MIN_BUCKETS) return UNKNOWN_GROWTH;
  const from = buckets.timeAt(begin), window_seconds = until - from;
  let firstFloor = Infinity, firstCeiling = -Infinity, middleFloor = Infinity, lastFloor = Infinity;
  for (let i = begin; i < end; i++) {
    const third = Math.min(2, Math.floor((3 * (buckets.timeAt(i) - from)) / window_seconds)),
      low = buckets.lowAt(i);
    if (third === 0) {
      firstFloor = Math.min(firstFloor, low);
      firstCeiling = Math.max(firstCeiling, buckets.highAt(i));
    } else if (third === 1) middleFloor = Math.min(middleFloor, low);
    else lastFloor = Math.min(lastFloor, low);
  }
  const rises = firstFloor <= middleFloor && middleFloor <= lastFloor && lastFloor > firstCeiling;
  const rise = rises
    ? Math.min(lastFloor - firstFloor, 3 * (lastFloor - middleFloor), 3 * (middleFloor - firstFloor))
    : Math.min(0, lastFloor - firstFloor);
  return { rise, ratio: rise / Math.max(firstFloor, 1), window_seconds };
}
