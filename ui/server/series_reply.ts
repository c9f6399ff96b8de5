/** Ranges of the rings as the API gives them. Pure. */

import type { SeriesReply } from "./api.ts";
import type { Range } from "./history/rollup.ts";

/** Four significant decimals below one, none above: what a pixel can show. */
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 1e4) / 1e4;

/** `low` and `high` are given only for columns where they differ from the mean somewhere. */
export function seriesReply(
  columns: readonly string[],
  from_seconds: number,
  to_seconds: number,
  range: Range,
): SeriesReply {
  const reply: SeriesReply = {
    from_seconds,
    to_seconds,
    time_seconds: range.time_seconds.map((time) => Math.round(time * 1000) / 1000),
    columns: {},
    low: {},
    high: {},
  };
  columns.forEach((name, i) => {
    reply.columns[name] = range.mean[i]!.map(rounded);
    const low = range.low[i]!.map(rounded), high = range.high[i]!.map(rounded);
    if (low.some((value, k) => value !== high[k])) {
      reply.low[name] = low;
      reply.high[name] = high;
    }
  });
  return reply;
}
