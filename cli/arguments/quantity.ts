/** Durations, sizes and counts as people type them. Each parser throws commander's InvalidArgumentError in one line. */

import { InvalidArgumentError } from "commander";

const DURATION_SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3600, d: 86400, w: 604800 };
const SIZE_BYTES: Record<string, number> = {
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

/** A parser of `90`, `90s`, `15m`, `2h`, `1h30m` into seconds; a bare number counts in `bareUnit`. */
export function durationParser(bareUnit: "s" | "m"): (text: string) => number {
  return (text) => {
    const trimmed = text.trim().toLowerCase();
    if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * DURATION_SECONDS[bareUnit]!;
    if (!/^(\d+(\.\d+)?(s|m|min|h|d|w))+$/.test(trimmed)) {
      throw new InvalidArgumentError("write a duration such as 90s, 15m or 2h");
    }
    let seconds = 0;
    for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(min|[smhdw])/g)) {
      seconds += Number(amount) * DURATION_SECONDS[unit!]!;
    }
    return seconds;
  };
}

/** Like durationParser, but refuses less than `least` seconds. */
export function durationAtLeast(bareUnit: "s" | "m", least: number): (text: string) => number {
  const parse = durationParser(bareUnit);
  return (text) => {
    const seconds = parse(text);
    if (seconds < least) throw new InvalidArgumentError(`must be at least ${least} s`);
    return seconds;
  };
}

/** `64MiB`, `1GiB`, `500M`, `4096` into bytes. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const factor = match && SIZE_BYTES[match[2]!.toLowerCase() || "b"];
  if (!match || !factor) throw new InvalidArgumentError("write a size such as 64MiB or 1GiB");
  return Math.round(Number(match[1]) * factor);
}

/** A parser of whole numbers between the bounds, both included. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < least || value > most) {
      throw new InvalidArgumentError(`write a whole number from ${least} to ${most}`);
    }
    return value;
  };
}

/** Collects a repeatable option into a list, each value parsed by `parse`. */
export function repeatable<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}
