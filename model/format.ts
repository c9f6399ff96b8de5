/** Numbers as people read them, everywhere: binary sizes, durations in two parts, rates per hour. Pure. */

import type { Unit } from "./finding.ts";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** What stands where nothing could be read. */
export const UNKNOWN = "?";

/** 2254857830 → "2.1 GiB", 333447168 → "318 MiB", 0 → "0"; null → "?". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  const sign = bytes < 0 ? "−" : "";
  let value = Math.abs(bytes);
  let unit = 0;
  // 1023.7 would be shown as "1024 MiB".
  while (value >= 1023.5 && unit < SIZES.length - 1) {
    value /= 1024;
    unit++;
  }
  if (unit === 0) return value < 0.5 ? "0" : `${sign}${Math.round(value)} B`;
  const digits = value < 9.95 || (unit >= 3 && value < 99.95) ? 1 : 0;
  return `${sign}${value.toFixed(digits)} ${SIZES[unit]}`;
}

/** "88 to 104 MiB", with both units only where they differ. */
export function formatRange(low: number, high: number): string {
  const [from, to] = [formatBytes(low), formatBytes(high)];
  const unit = to.split(" ")[1];
  return unit && from.endsWith(` ${unit}`)
    ? `${from.slice(0, -unit.length - 1)} to ${to}`
    : `${from} to ${to}`;
}

/** The same with its sign: "+96 MiB", "−3.1 MiB", "0". */
export function formatChange(bytes: number | null): string {
  const text = formatBytes(bytes);
  return bytes !== null && bytes > 0 && text !== "0" ? `+${text}` : text;
}

/** 812000 → "812,000". */
export function formatCount(value: number | null): string {
  return value === null ? UNKNOWN : Math.round(value).toLocaleString("en-US").replace("-", "−");
}

/** "1 alert", "2,100 alerts". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatCountChange(value: number | null): string {
  return value !== null && Math.round(value) > 0 ? `+${formatCount(value)}` : formatCount(value);
}

/** 0.294 → "29 %", 0.0034 → "0.3 %". */
export function formatRatio(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  const percent = ratio * 100;
  return `${percent !== 0 && Math.abs(percent) < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

const PARTS: [number, string][] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/** 11400 → "3 h 10 min", 300 → "5 min", 0.4 → "0.4 s"; the two largest parts only. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  if (seconds < 9.95 && seconds % 1 !== 0) return `${seconds.toFixed(1)} s`;
  // Beyond a year the size says it all.
  if (seconds >= 366 * 86400) return "more than a year";
  let rest = Math.round(seconds);
  const largest = PARTS.findIndex(([size]) => rest >= size);
  if (largest < 0) return "0 s";
  const last = Math.min(largest + 1, PARTS.length - 1);
  const smallest = PARTS[last]![0];
  rest = Math.round(rest / smallest) * smallest;
  const words: string[] = [];
  for (const [size, name] of PARTS.slice(0, last + 1)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(" ");
}

/** A span of time in prose, rounded to what matters: 3,595 s → "1 h", 11,000 s → "3 h", 75 s → "1 min 15 s". */
export function formatSpan(seconds: number): string {
  const step = seconds < 120 ? 1 : seconds < 7200 ? 60 : seconds < 172_800 ? 600 : 6 * 3600;
  return formatDuration(Math.round(seconds / step) * step);
}

/** A value in a series' unit: bytes as a size, percent with its sign, counts as numbers ("92 MiB", "14 %", "812"). */
export function formatAmount(value: number | null, unit: Unit): string {
  if (value === null) return UNKNOWN;
  if (unit === "bytes") return formatBytes(value);
  const small = Math.abs(value) < 0.95 ? String(Number(value.toPrecision(2))) : value.toFixed(1);
  const text = Math.abs(value) >= 9.95 || Number.isInteger(value)
    ? formatCount(value)
    : small.replace("-", "−");
  return unit === "percent" ? `${text} %` : text;
}

/**
 * A time that an extrapolation gives, rounded to what it is worth: 12,300 s → "3 h 30 min", 700 s → "12 min", 94 h → "4 d".
 * To be put behind "about", or before "at the earliest".
 */
export function formatAbout(seconds: number): string {
  if (seconds < 60) return "1 min";
  const [, step] = ABOUT_STEPS.find(([below]) => seconds < below) ?? [0, 7 * 86_400];
  return formatDuration(Math.round(seconds / step) * step);
}

/** Up to this many seconds a time is rounded to that many. */
const ABOUT_STEPS = [[900, 60], [7200, 300], [6 * 3600, 1800], [2 * 86_400, 3600], [
  60 * 86_400,
  86_400,
]] as const;

/**
 * A rate per hour in a series' unit: "96 MiB/h"; counts in the time a person can picture: "5 descriptors a second", "14
 * descriptors a minute", "12 descriptors/h"; of percentages "0.3 points/h", for "%/h" would read as relative.
 */
export function formatRate(perHour: number | null, unit: Unit, what = ""): string {
  if (perHour === null) return UNKNOWN;
  if (unit === "percent") return `${formatAmount(perHour, unit).slice(0, -2)} points/h`;
  if (unit === "bytes") return `${formatBytes(perHour)}/h`;
  const size = Math.abs(perHour);
  const [divisor, time] = size >= 1.95 * 3600
    ? [3600, " a second"]
    : size >= 57
    ? [60, " a minute"]
    : [1, what ? " an hour" : "/h"];
  const amount = formatAmount(perHour / divisor, "count").replace(/\.0$/, "");
  return `${amount}${what && ` ${what}`}${time}`;
}

/**
 * A value as an alert's message shows it; the name's suffix tells the unit (`_bytes`, `_bytes_per_second`, `_percent`,
 * `_seconds`). NaN, a value that could not be read, is "unknown".
 */
export function formatValue(name: string, value: number): string {
  if (Number.isNaN(value)) return "unknown";
  // Names, not quantities: they are typed into the next command.
  if (/(^|_)(pid|ppid|uid|id|port)$/.test(name)) return String(value);
  if (name.endsWith("_bytes_per_second")) return `${formatBytes(value)}/s`;
  if (name.endsWith("_bytes")) return formatBytes(value);
  if (name.endsWith("_percent")) return formatAmount(value, "percent");
  if (name.endsWith("_seconds")) return formatDuration(value);
  return formatAmount(value, "count");
}

/** "2026-11-20T12:51:04.123Z" → "2026-11-20 12:51 UTC". */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
