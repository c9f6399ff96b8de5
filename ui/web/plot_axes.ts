/** Steps and labels of a chart's axes. */

import { date, elapsed, timeOfDay, timeToSecond } from "./format.ts";
import type { PlotData } from "./plot_data.ts";
import { origin } from "./time_axis.ts";

/** Everything drawn grows with the page's type: a 4K screen is read from the same distance. */
export const rem = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize);
/** uPlot counts in CSS pixels; who draws on the canvas counts in the device's. */
export const chartFont = (pixelRatio = 1): string =>
  `${Math.round(rem() * 0.78 * pixelRatio)}px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif`;

/** Width of the labels to the left of every chart, so that their time axes lie beneath each other. */
export const axisWidth = (): number => Math.round(rem() * 4.6);

/** Powers of two, so that axis labels are round in KiB, MiB and GiB. */
export const BINARY_STEPS = Array.from({ length: 56 }, (_, power) => 2 ** power);
export const STEPS = Array.from(
  { length: 14 },
  (_, power) => [1, 2, 5].map((step) => step * 10 ** (power - 2)),
)
  .flat();

const SUFFIX = { "bytes": "", "bytes-per-second": "/s", "percent": " %", "count": "" };
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** More decimals than these are no easier to read than a smaller unit. */
const MAX_DECIMALS = 3;

/** Decimals that tell steps of this size apart. Steps of bytes are powers of two: half of one takes one more decimal. */
function decimals(step: number, isBinary: boolean): number {
  return Math.max(0, Math.ceil(isBinary ? -Math.log2(step) : -Math.log10(step) - 1e-9));
}

/** All labels of an axis in one unit, the largest that does not take many decimals. */
export function valueLabels(splits: number[], unit: PlotData["unit"]): string[] {
  const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0)) || 1;
  const isBinary = unit.startsWith("bytes");
  const top = Math.max(...splits.map(Math.abs));
  let power = isBinary && top > 0
    ? Math.min(BINARY.length - 1, Math.max(0, Math.floor(Math.log2(top) / 10)))
    : 0;
  while (power > 0 && decimals(step / 1024 ** power, true) > MAX_DECIMALS) power--;
  const scale = 1024 ** power;
  const digits = Math.min(MAX_DECIMALS, decimals(step / scale, isBinary));
  const name = isBinary ? ` ${BINARY[power]}` : "";
  return splits.map((value) =>
    value === 0 ? "0" : `${
      (value / scale).toLocaleString(undefined, {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
      })
    }${name}${SUFFIX[unit]}`
  );
}

/** Time of day, with the date where a day begins and seconds only where they differ. */
export function timeLabels(splits: number[], step: number): string[] {
  const start = origin.value;
  if (start !== null) return splits.map((at) => at < start ? "" : elapsed(at - start));
  let last = "";
  return splits.map((at) => {
    const day = date(at);
    const isNew = last !== "" && day !== last;
    last = day;
    const time = step < 60 ? timeToSecond(at) : timeOfDay(at);
    return step >= 86_400 ? day : !isNew ? time : time === "00:00" ? day : `${day} ${time}`;
  });
}
