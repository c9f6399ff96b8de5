/** A plain rate for display; verdicts come from the detector. Pure. */

import type { Spark } from "./api.ts";

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Growth per hour between the medians of the first and the last third; null with fewer than six points. */
export function ratePerHour({ time_seconds, values }: Spark): number | null {
  const points = values.flatMap((value, i) => value === null ? [] : [{ time: time_seconds[i]!, value }]);
  if (points.length < 6) return null;
  const third = Math.floor(points.length / 3);
  const head = points.slice(0, third), tail = points.slice(-third);
  const seconds = median(tail.map((point) => point.time)) - median(head.map((point) => point.time));
  if (seconds <= 0) return null;
  const growth = median(tail.map((point) => point.value)) - median(head.map((point) => point.value));
  return growth / seconds * 3600;
}
