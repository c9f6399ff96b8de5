/** Numbers and times for people: binary units, the viewer's zone. Pure. */

/** Made when first used: formatters take tens of milliseconds, which the first request need not wait for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `1.9 GiB`, `340 MiB`; a dash where nothing was read. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  let size = Math.abs(value), unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) size /= 1024, unit++;
  const digits = unit === 0 || size >= 99.95 ? 0 : 1;
  return `${value < 0 ? "−" : ""}${size.toFixed(digits)} ${SIZES[unit]}`;
}

/** `+96 MiB/h`; nothing where it is too little to say. */
export function bytesPerHour(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (Math.abs(value) < 64 * 1024) return "0";
  return `${value > 0 ? "+" : ""}${bytes(value)}/h`;
}

export function bytesPerSecond(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value < 0.5 ? "0" : `${bytes(value)}/s`;
}

const whole = once(() => new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 }));

export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : whole().format(value);

export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return `${value < 0 ? "−" : ""}${size >= 10 || size === 0 ? Math.round(size) : size.toFixed(1)} %`;
}

export const share = (part: number, total: number): string => total > 0 ? percent(100 * part / total) : "–";

/** `3 h 20 min`; two units at most. */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  if (hours < 48) return rest ? `${hours} h ${rest} min` : `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

/** As exact as a forecast of hours can be: tens of minutes. The headline rounds alike. */
export const aboutSpan = (seconds: number): string =>
  span(seconds < 5400 || seconds >= 172_800 ? seconds : Math.round(seconds / 600) * 600);

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

/** A rate in the unit of what grows. */
export function rate(perHour: number, unit: "bytes" | "percent" | "count", what = ""): string {
  if (unit === "bytes") return bytesPerHour(perHour);
  const value = Math.abs(perHour) >= 10 ? whole().format(perHour) : perHour.toFixed(1);
  return `${perHour > 0 ? "+" : ""}${value}${unit === "percent" ? " points" : what ? ` ${what}` : ""}/h`;
}
