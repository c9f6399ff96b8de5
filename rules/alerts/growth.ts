/**
 * Growth that stays: the rise of a value's floor over a sliding period, in constant memory.
 *
 * The old scripts compared the first value with the last; that accuses every sawtooth and every garbage collector. Here
 * the lowest value of the last third is compared with the lowest of the first third. The middle must lie well between, and
 * the last third above all of the first. All series of an engine share one clock of twelve buckets, so a series costs 24
 * numbers.
 */

import type { GrowthReading } from "../../model/growth_reading.ts";

const BUCKETS = 12;
/** Buckets that a series must have before it is judged: two per third. */
const MIN_POINTS = 6;

type Step = "same" | "next" | "merge" | "shift" | "restart";

/** Divides the period into buckets that start as wide as a sample and double until the period is covered. */
export class GrowthClock {
  /** Counts samples, so that a series that missed one is noticed. */
  tick = 0;
  current = -1;
  step: Step = "restart";
  readonly #starts = new Float64Array(BUCKETS);
  #width = 0;
  #time = 0;

  constructor(public period_seconds: number) {}

  /** Call once per sample, before the series are updated. */
  advance(time: number, restart: boolean): void {
    this.tick++;
    this.#time = time;
    if (restart || this.current < 0) {
      this.current = 0;
      this.#starts[0] = time;
      this.#width = 0;
      this.step = "restart";
      return;
    }
    // A hair less than the width, so that evenly spaced samples do not slip into the bucket before.
    if (time - this.#starts[this.current]! < this.#width * 0.999) {
      this.step = "same";
      return;
    }
    if (this.current < BUCKETS - 1) this.step = "next";
    else if (time - this.#starts[0]! < this.period_seconds) {
      this.step = "merge";
      // No wider than a twelfth of the period, or the buckets together would outgrow it.
      this.#width = Math.min(2 * (time - this.#starts[0]!), this.period_seconds) / BUCKETS;
      for (let i = 0; i < BUCKETS / 2; i++) this.#starts[i] = this.#starts[2 * i]!;
      this.current = BUCKETS / 2 - 1;
    } else {
      this.step = "shift";
      this.#starts.copyWithin(0, 1);
      this.current--;
    }
    this.current++;
    this.#starts[this.current] = time;
  }

  /** From the start of a bucket until now. */
  secondsSince(bucket: number): number {
    return this.#time - this.#starts[bucket]!;
  }
}

/** Lowest and highest values of one series, by bucket. NaN where it was not there or could not be read. */
export class GrowthSeries {
  readonly #floors = new Float64Array(BUCKETS).fill(NaN);
  readonly #ceilings = new Float64Array(BUCKETS).fill(NaN);
  /** The last sample it was part of, by the clock. */
  tick = -1;
  #compared = -1;
  /** Of the thirds, as last compared. */
  #firstFloor = NaN;
  #firstCeiling = NaN;
  #middleFloor = NaN;
  #lastFloor = NaN;

  constructor(readonly clock: GrowthClock) {}

  /** Takes the sample's value; NaN: unknown. */
  add(value: number): void {
    const { clock } = this;
    if (this.tick === clock.tick) return;
    if (clock.step === "restart" || this.tick !== clock.tick - 1) this.reset();
    else if (clock.step === "merge") {
      merge(this.#floors, lower);
      merge(this.#ceilings, higher);
    } else if (clock.step === "shift") {
      shift(this.#floors);
      shift(this.#ceilings);
    }
    this.tick = clock.tick;
    this.#floors[clock.current] = lower(this.#floors[clock.current]!, value);
    this.#ceilings[clock.current] = higher(this.#ceilings[clock.current]!, value);
  }

  /** Starts anew: the value belongs to somebody else from now on (exec). */
  reset(): void {
    this.#floors.fill(NaN);
    this.#ceilings.fill(NaN);
  }

  /**
   * Rise of the floor; 0 where it went to and fro, NaN before there is enough to judge. It counts for at most three times
   * what each half of the way added, so that a start-up or a step is none; a straight rise counts in full.
   */
  get rise(): number {
    this.#compare();
    const first = this.#firstFloor, middle = this.#middleFloor, last = this.#lastFloor;
    if (first <= middle && middle <= last && last > this.#firstCeiling) {
      return Math.min(last - first, 3 * (last - middle), 3 * (middle - first));
    }
    return Number.isNaN(first) ? NaN : Math.min(0, last - first);
  }

  /** The rise in percent of the old floor. */
  get risePercent(): number {
    const rise = this.rise;
    return 100 * rise / Math.max(this.#firstFloor, 1);
  }

  get reading(): GrowthReading {
    return { rise: this.rise, ratio: this.risePercent / 100, window_seconds: this.windowSeconds };
  }

  /** How long it has been watched within the period. */
  get windowSeconds(): number {
    const first = this.#first();
    return first > this.clock.current ? NaN : this.clock.secondsSince(first);
  }

  #first(): number {
    let first = 0;
    while (first <= this.clock.current && Number.isNaN(this.#floors[first]!)) first++;
    return first;
  }

  /** Compares the three thirds, once per sample. */
  #compare(): void {
    if (this.#compared === this.clock.tick) return;
    this.#compared = this.clock.tick;
    const begin = this.#first();
    const end = this.clock.current + 1;
    const third = Math.floor((end - begin) / 3);
    if (end - begin < MIN_POINTS) {
      this.#firstFloor = NaN;
      return;
    }
    this.#firstFloor = lowest(this.#floors, begin, begin + third);
    this.#firstCeiling = highest(this.#ceilings, begin, begin + third);
    this.#middleFloor = lowest(this.#floors, begin + third, end - third);
    this.#lastFloor = lowest(this.#floors, end - third, end);
  }
}

const lower = (a: number, b: number) => (Number.isNaN(a) ? b : b < a ? b : a);
const higher = (a: number, b: number) => (Number.isNaN(a) ? b : b > a ? b : a);

function merge(values: Float64Array, pick: (a: number, b: number) => number): void {
  for (let i = 0; i < BUCKETS / 2; i++) values[i] = pick(values[2 * i]!, values[2 * i + 1]!);
  values.fill(NaN, BUCKETS / 2);
}

function shift(values: Float64Array): void {
  values.copyWithin(0, 1);
  values[BUCKETS - 1] = NaN;
}

/** NaN where nothing between is known. */
function lowest(values: Float64Array, begin: number, end: number): number {
  let floor = Infinity;
  for (let i = begin; i < end; i++) if (values[i]! < floor) floor = values[i]!;
  return floor === Infinity ? NaN : floor;
}

/** Minus infinity where nothing between is known. */
function highest(values: Float64Array, begin: number, end: number): number {
  let ceiling = -Infinity;
  for (let i = begin; i < end; i++) if (values[i]! > ceiling) ceiling = values[i]!;
  return ceiling;
}
