/**
 * Durations, sizes and parameters as people type them: one parser for flags, rules files and sink settings. Pure;
 * null for what is none.
 *
 * `m` alone is ambiguous (minutes, mebibytes), so what is asked for decides: `parseDuration("16m")` is 16 minutes,
 * `parseSize("16M")` is 16 MiB, and `parseQuantity` takes lower-case `m` for minutes and capital `M` for mebibytes.
 */

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
const UNIT_BYTES: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1024,
  kb: 1000,
  kib: 1024,
  m: 1024 ** 2,
  mb: 1000 ** 2,
  mib: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1000 ** 3,
  gib: 1024 ** 3,
  t: 1024 ** 4,
  tb: 1000 ** 4,
  tib: 1024 ** 4,
};
/** Longer is no quantity; it bounds what hostile text may cost. */
const MAX_CHARACTERS = 40;

/** `90`, `90s`, `15m`, `2h`, `1h30m` into seconds; a bare number counts in `bareUnit`. */
export function parseDuration(text: string | number, bareUnit: "s" | "m" = "s"): number | null {
  const factor = UNIT_SECONDS[bareUnit]!;
  if (typeof text === "number") return Number.isFinite(text) && text >= 0 ? text * factor : null;
  const word = text.trim().toLowerCase();
  if (word.length > MAX_CHARACTERS) return null;
  if (/^\d+(\.\d+)?$/.test(word)) return Number(word) * factor;
  if (!/^(\d+(\.\d+)?(min|[smhdw]))+$/.test(word)) return null;
  let seconds = 0;
  for (const [, amount, unit] of word.matchAll(/(\d+(?:\.\d+)?)(min|[smhdw])/g)) {
    seconds += Number(amount) * UNIT_SECONDS[unit!]!;
  }
  return Number.isFinite(seconds) ? seconds : null;
}

/** `64MiB`, `1GiB`, `500M` (binary), `500MB` (decimal), `4096` into whole bytes. */
export function parseSize(text: string | number): number | null {
  if (typeof text === "number") return Number.isFinite(text) && text >= 0 ? Math.round(text) : null;
  const match = text.length > MAX_CHARACTERS ? null : /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match && UNIT_BYTES[match[2]!.toLowerCase()];
  return match && factor !== null && factor !== undefined ? Math.round(Number(match[1]) * factor) : null;
}

/** A rule's parameter: a number, a size (`16MiB`, `16M`), a duration (`2h`, `15m`) or a share (`80%`). */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.length > MAX_CHARACTERS) return null;
  const word = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word);
  if (/^-?\d+(\.\d+)?\s*%$/.test(word)) return Number(word.slice(0, -1));
  return /^[\d.]+m$/.test(word) ? parseDuration(word) : parseSize(word) ?? parseDuration(word);
}
