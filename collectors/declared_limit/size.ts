/** Sizes as programs write them: each has units of its own. */

const POWERS = "kmgtpe";

/** k, kb, kib, m, mb, … are powers of 1024; b is one byte. Most programs. */
export const BINARY: Readonly<Record<string, number>> = unitsOf((power) => [1024 ** power, 1024 ** power]);

/** k, m, g and kb, mb, gb differ: redis.conf writes "1k => 1000 bytes, 1kb => 1024 bytes". */
export const REDIS: Readonly<Record<string, number>> = unitsOf((power) => [1000 ** power, 1024 ** power]);

/** RabbitMQ: k and KiB are 1024, kB is 1000. */
export const RABBITMQ: Readonly<Record<string, number>> = unitsOf((power) => [1024 ** power, 1000 ** power]);

function unitsOf(factors: (power: number) => [single: number, withB: number]): Record<string, number> {
  const units: Record<string, number> = { b: 1 };
  [...POWERS].forEach((letter, index) => {
    const [single, withB] = factors(index + 1);
    Object.assign(units, { [letter]: single, [`${letter}b`]: withB, [`${letter}ib`]: 1024 ** (index + 1) });
  });
  return units;
}

/** No size is longer; the patterns below are not for a megabyte of spaces. */
const MAX_LENGTH = 64;

/**
 * Bytes of "256MB", "1.5 GiB", "64m" or a bare number (times `plain`). null for what is no size, for an unknown unit, for 0
 * (which nearly everywhere means no limit) and for what no machine has.
 */
export function parseProgramSize(text: string, units = BINARY, plain = 1): number | null {
  if (text.length > MAX_LENGTH) return null;
  const match = /^\s*["']?\s*(\d{1,20}(?:\.\d{1,9})?)\s*([a-z]{0,3})\s*["']?\s*$/i.exec(text);
  if (match === null) return null;
  const factor = match[2] === "" ? plain : units[match[2]!.toLowerCase()];
  if (factor === undefined) return null;
  const bytes = Math.round(Number(match[1]) * factor);
  return bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER ? bytes : null;
}

/** A share of 0 to 1 from "25", "25.0" or "25%"; null for others. */
export function parsePercent(text: string): number | null {
  if (text.length > MAX_LENGTH) return null;
  const match = /^\s*(\d{1,3}(?:\.\d{1,9})?)\s*%?\s*$/.exec(text);
  const share = match === null ? 0 : Number(match[1]) / 100;
  return share > 0 && share <= 1 ? share : null;
}
