/** Quantities as people write them in a rules file, and as messages show them. */

const SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86400, w: 604800 };
const BYTES: Record<string, number> = {
  b: 1,
  kb: 1000,
  kib: 1024,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
  tb: 1000 ** 4,
  tib: 1024 ** 4,
};

/** `90s`, `15m`, `1h30m` or a number of seconds, into seconds; null for anything else. */
export function parseDuration(text: string | number): number | null {
  if (typeof text === "number") return Number.isFinite(text) && text >= 0 ? text : null;
  const word = text.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(word)) return Number(word);
  if (word.length > 40 || !/^(\d+(\.\d+)?(min|[smhdw]))+$/.test(word)) return null;
  let seconds = 0;
  for (const [, amount, unit] of word.matchAll(/(\d+(?:\.\d+)?)(min|[smhdw])/g)) {
    seconds += Number(amount) * SECONDS[unit!]!;
  }
  return Number.isFinite(seconds) ? seconds : null;
}

/** A parameter: a number, a size (`16MiB`), a duration (`2h`) or a share (`80%`); null for anything else. */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.length > 40) return null;
  const word = value.trim();
  const match = /^(-?\d+(?:\.\d+)?)\s*([a-z%]*)$/i.exec(word);
  if (!match) return parseDuration(word);
  const unit = match[2]!.toLowerCase();
  if (unit === "" || unit === "%") return Number(match[1]);
  const factor = BYTES[unit];
  return factor === undefined ? parseDuration(word) : Number(match[1]) * factor;
}

/**
 * A value as a message shows it; the name's suffix tells the unit (`_bytes`, `_bytes_per_second`, `_percent`, `_seconds`).
 * A value that could not be read is "unknown".
 */
export function formatValue(name: string, value: number): string {
  if (Number.isNaN(value)) return "unknown";
  if (name.endsWith("_bytes_per_second")) return `${formatBytes(value)}/s`;
  if (name.endsWith("_bytes")) return formatBytes(value);
  if (name.endsWith("_percent")) return `${trim(value, Math.abs(value) < 10 ? 1 : 0)} %`;
  if (name.endsWith("_seconds")) return formatDuration(value);
  return Number.isInteger(value) ? String(value) : trim(value, 2);
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${trim(value, unit > 0 && Math.abs(value) < 100 ? 1 : 0)} ${units[unit]}`;
}

/** The two largest units: `3 h 10 min`, `45 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "unknown";
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes > 0) return whole % 60 > 0 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return `${whole} s`;
}

function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}
