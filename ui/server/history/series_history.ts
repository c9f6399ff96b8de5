/** Many series of the same columns, each under a key, bounded in number; those not seen for a while are forgotten. */

import type { Spark } from "../api.ts";
import { type Range, Rollup, type TierShape } from "./rollup.ts";

interface Entry {
  rollup: Rollup;
  seen_seconds: number;
  /** Pace of the first column over the finest tier, as of `paced_seconds`. */
  rate_per_hour: number | null;
  rate_at_seconds: number;
}

/** 15 minutes at 10 s, two hours at a minute, a day at ten minutes. */
export const SERIES_TIERS: readonly TierShape[] = [
  { step_seconds: 0, capacity: 90 },
  { step_seconds: 60, capacity: 120 },
  { step_seconds: 600, capacity: 144 },
];
/** Seconds between two rows: what the fine tier above is made for. */
export const RETENTION_SECONDS = 10;
const SPARK_POINTS = 60;
const FORGET_SECONDS = 900;

export class SeriesHistory {
  readonly #entries = new Map<string, Entry>();

  constructor(
    readonly columns: readonly string[],
    readonly most: number,
    readonly shapes: readonly TierShape[] = SERIES_TIERS,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  record(key: string, time: number, values: ArrayLike<number>): void {
    let entry = this.#entries.get(key);
    if (!entry) {
      if (this.#entries.size >= this.most) return;
      entry = {
        rollup: new Rollup(this.columns.length, this.shapes),
        seen_seconds: time,
        rate_per_hour: null,
        rate_at_seconds: NaN,
      };
      this.#entries.set(key, entry);
    }
    entry.rollup.push(time, values);
    entry.seen_seconds = time;
  }

  /** Forgets what was last seen long ago; where all room is taken, what was not seen now: the living come first. */
  sweep(time: number): void {
    const patience = this.#entries.size >= this.most ? 0 : FORGET_SECONDS;
    for (const [key, entry] of this.#entries) {
      if (time - entry.seen_seconds > patience) this.#entries.delete(key);
    }
  }

  /** Growth per hour of the first column; computed once per row, and only for those who are asked about. */
  ratePerHour(key: string): number | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (entry.rate_at_seconds !== entry.seen_seconds) {
      entry.rate_at_seconds = entry.seen_seconds;
      entry.rate_per_hour = entry.rollup.ratePerHour();
    }
    return entry.rate_per_hour;
  }

  /** One column over all that is known. */
  spark(key: string, column = 0): Spark | null {
    const rollup = this.#entries.get(key)?.rollup;
    if (!rollup) return null;
    const { time_seconds, mean } = rollup.read(
      rollup.oldest_seconds ?? 0,
      rollup.newest_seconds ?? 0,
      SPARK_POINTS,
      [column],
    );
    return { time_seconds: time_seconds.map(Math.round), values: mean[0]! };
  }

  read(key: string, from: number | null, to: number | null, points: number): Range | null {
    const rollup = this.#entries.get(key)?.rollup;
    if (!rollup) return null;
    return rollup.read(
      from ?? rollup.oldest_seconds ?? 0,
      to ?? rollup.newest_seconds ?? 0,
      points,
      this.columns.map((_, i) => i),
    );
  }
}
