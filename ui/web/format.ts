/** Numbers and times for people: binary units, the viewer's zone. Pure. */

import { formatBytes, formatCount, formatRate, formatSpan } from "../../model/format.ts";

export { plural } from "../../model/format.ts";

/** Made when first used: formatters take tens of milliseconds, which the first request need not wait for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

/** `1.9 GiB`, `340 MiB`; a dash where nothing was read. */
export const bytes = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : formatBytes(value);

/** `+96 MiB/h`; nothing where it is too little to say. */
export function bytesPerHour(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Math.abs(value) < 64 * 1024) return "0";
  return `${value > 0 ? "+" : ""}${bytes(value)}/h`;
}

export function bytesPerSecond(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value < 0.5 ? "0" : `${bytes(value)}/s`;
}

/** `17,988`, whatever the viewer's language: "17.988" beside "1.9 GiB" would be misread. */
export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : formatCount(value);

export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return `${value < 0 ? "−" : ""}${size >= 10 || size === 0 ? Math.round(size) : size.toFixed(1)} %`;
}

export const share = (part: number, total: number): string => total > 0 ? percent(100 * part / total) : "–";

/** `3 h 20 min`; two units at most. */
export const span = (seconds: number): string => formatSpan(Math.max(0, seconds));

const clock = once(() =>
  new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
);
const clockSeconds = once(() =>
  new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  })
);
const day = once(() => new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" }));
const dayYear = once(() =>
  new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" })
);

export const timeOfDay = (seconds: number): string => clock().format(seconds * 1000);
export const timeToSecond = (seconds: number): string => clockSeconds().format(seconds * 1000);
/** `1:05`, `26:40`: hours and minutes since a start. */
export function elapsed(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

export const date = (seconds: number): string => day().format(seconds * 1000);
export const moment = (seconds: number): string =>
  `${dayYear().format(seconds * 1000)}, ${clock().format(seconds * 1000)}`;

/** Where all times on the page are: `Europe/Berlin`. */
export const zone = once(() => Intl.DateTimeFormat().resolvedOptions().timeZone);

/** `4 min ago`. */
export const ago = (seconds: number): string => seconds < 5 ? "just now" : `${span(seconds)} ago`;

/** A rate in the unit of what grows, with its sign. */
export function rate(perHour: number, unit: "bytes" | "percent" | "count", what = ""): string {
  return `${perHour > 0 ? "+" : ""}${formatRate(perHour, unit, what)}`;
}
