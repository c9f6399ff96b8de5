/** The machine's own series since the page was first looked at, in constant memory. */

import type { Sample } from "../../../model/sample.ts";
import type { SeriesReply, Spark } from "../api.ts";
import { ColumnReader, MACHINE_COLUMN_NAMES, MACHINE_COLUMNS } from "../columns.ts";
import { seriesReply } from "../series_reply.ts";
import { ratePerHour } from "../slope.ts";
import { Rollup, type TierShape } from "./rollup.ts";
import { boundsOf, type RangeQuery } from "../view.ts";

/** 20 minutes as sampled at 1 s or slower, 6 h at 15 s, 24 h at a minute, two weeks at ten. */
const MACHINE_TIERS: readonly TierShape[] = [
  { step_seconds: 0, capacity: 1200 },
  { step_seconds: 15, capacity: 1440 },
  { step_seconds: 60, capacity: 1440 },
  { step_seconds: 600, capacity: 2016 },
];
/** Some 10 MB: a day at 5 s. */
const MAX_SAMPLES = 40_000;
/** A hole this many intervals long is drawn as one. */
export const GAP_INTERVALS = 4;
const SPARK_POINTS = 60;
const RATE_SECONDS = 900;
/** Shorter spans show ordinary fluctuation, not a rate. */
const MIN_RATE_SECONDS = 120;

export class MachineHistory {
  /** The newest value of every column. */
  row: Record<string, number | null> = {};
  readonly #tiers: Rollup;
  readonly #columns = new ColumnReader();

  /** `sessionSeconds`: a recording of that length, of which every sample is kept while that is reasonable. */
  constructor(readonly interval_seconds: number, sessionSeconds?: number) {
    const samples = Math.ceil((sessionSeconds ?? 0) / Math.max(1, interval_seconds)) + 2;
    const [newest, ...older] = MACHINE_TIERS;
    const capacity = Math.min(MAX_SAMPLES, Math.max(newest!.capacity, 2 * samples));
    this.#tiers = new Rollup(MACHINE_COLUMNS.length, [{ ...newest!, capacity }, ...older], {
      precise: true,
      extremes: true,
    });
  }

  get oldest_seconds(): number | null {
    return this.#tiers.oldest_seconds;
  }

  get newest_seconds(): number | null {
    return this.#tiers.newest_seconds;
  }

  observe(sample: Sample): void {
    const { time_seconds: time } = sample;
    const newest = this.#tiers.newest_seconds;
    const isGap = sample.discontinuity ||
      (newest !== null && time - newest > this.interval_seconds * GAP_INTERVALS);
    const values = this.#columns.read(sample);
    if (isGap && newest !== null) this.#tiers.gap(newest + 0.001);
    this.#tiers.push(time, values);
    this.row = Object.fromEntries(
      MACHINE_COLUMN_NAMES.map((name, i) => [name, Number.isNaN(values[i]!) ? null : values[i]!]),
    );
  }

  bounds(range: RangeQuery): { from: number; to: number } {
    return boundsOf(range, this.oldest_seconds ?? 0, this.newest_seconds ?? 0);
  }

  series(columns: readonly string[], range: RangeQuery): SeriesReply {
    const { from, to } = this.bounds(range);
    const indices = columns.map((name) => MACHINE_COLUMN_NAMES.indexOf(name));
    return seriesReply(columns, from, to, this.#tiers.read(from, to, range.points, indices));
  }

  /** One column over all that is known; null before the first sample. */
  spark(column: string): Spark | null {
    const { oldest_seconds: from, newest_seconds: to } = this.#tiers;
    return from === null || to === null ? null : this.#read(column, from, to, SPARK_POINTS);
  }

  /** Growth of the available memory per hour over the last quarter of an hour; null where it is too early for one. */
  availableRatePerHour(): number | null {
    const newest = this.newest_seconds;
    if (newest === null) return null;
    const spark = this.#read("available_bytes", newest - RATE_SECONDS, newest, 90);
    return newest - (spark.time_seconds[0] ?? newest) < MIN_RATE_SECONDS ? null : ratePerHour(spark);
  }

  #read(column: string, from: number, to: number, points: number): Spark {
    const { time_seconds, mean } = this.#tiers.read(from, to, points, [MACHINE_COLUMN_NAMES.indexOf(column)]);
    return { time_seconds, values: mean[0]! };
  }
}
