/** Durations, sizes and counts as flags. Each parser throws commander's InvalidArgumentError in one line. */

import { InvalidArgumentError } from "commander";
import { formatBytes } from "../../model/format.ts";
import { parseDuration, parseSize } from "../../model/quantity.ts";

/** A parser of `90`, `90s`, `15m`, `2h`, `1h30m` into seconds; a bare number counts in `bareUnit`. */
export function durationOption(bareUnit: "s" | "m", minSeconds = 0): (text: string) => number {
  return (text) => {
    const seconds = parseDuration(text, bareUnit);
    if (seconds === null) throw new InvalidArgumentError("write a duration such as 90s, 15m or 2h");
    if (seconds < minSeconds) throw new InvalidArgumentError(`must be at least ${minSeconds} s`);
    return seconds;
  };
}

/** `64MiB`, `1GiB`, `500M`, `4096` into bytes. */
export function sizeOption(text: string): number {
  const bytes = parseSize(text);
  if (bytes === null) throw new InvalidArgumentError("write a size such as 64MiB or 1GiB");
  return bytes;
}

/** The same with a lower bound. */
export function sizeOfAtLeast(minBytes: number): (text: string) => number {
  return (text) => {
    const bytes = sizeOption(text);
    if (bytes < minBytes) throw new InvalidArgumentError(`must be at least ${formatBytes(minBytes)}`);
    return bytes;
  };
}

/** `1%`, `0.5` (percent) into a share. */
export function percentOption(text: string): number {
  const value = Number(text.replace(/\s*%$/, ""));
  if (!(value > 0 && value <= 100)) {
    throw new InvalidArgumentError("write percent of one core, such as 1% or 0.5%");
  }
  return value / 100;
}

/** A parser of whole numbers between the bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < min || value > max) {
      throw new InvalidArgumentError(`write a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

/** Collects a repeatable option into a list, each value parsed by `parse`. */
export function repeatable<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}
