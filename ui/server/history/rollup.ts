/**
 * A series of several columns in constant memory: the newest samples as they came, older ones as mean, low and high per
 * step, in ever coarser tiers. What falls off a tier is still in the next one.
 */

export interface TierShape {
  /** Seconds per step; 0 keeps samples as they come. */
  step_seconds: number;
  capacity: number;
}

export interface Range {
  time_seconds: number[];
  /** Per column: mean, low and high of each step; null where nothing was read. */
  mean: (number | null)[][];
  low: (number | null)[][];
  high: (number | null)[][];
}

/** Several columns of floats in one ring; the oldest row is overwritten. */
class Ring {
  readonly times: Float64Array;
  readonly mean: Float32Array | Float64Array;
  /** Only steps that hold several samples have extremes of their own. */
  readonly low: Float32Array | Float64Array | null;
  readonly high: Float32Array | Float64Array | null;
  size = 0;
  #next = 0;

  constructor(readonly width: number, readonly shape: TierShape, precise: boolean, extremes: boolean) {
    const cells = width * shape.capacity;
    const make = () => precise ? new Float64Array(cells) : new Float32Array(cells);
    this.times = new Float64Array(shape.capacity);
    this.mean = make();
    this.low = extremes ? make() : null;
    this.high = extremes ? make() : null;
  }

  /** Slot of the k-th oldest row. */
  slot(k: number): number {
    const { capacity } = this.shape;
    return this.size < capacity ? k : (this.#next + k) % capacity;
  }

  add(time: number): number {
    const slot = this.#next;
    this.times[slot] = time;
    this.#next = (slot + 1) % this.shape.capacity;
    if (this.size < this.shape.capacity) this.size++;
    return slot * this.width;
  }

  oldest(): number | null {
    return this.size ? this.times[this.slot(0)]! : null;
  }
}

/** The step that is being filled. */
class Step {
  start = NaN;
  readonly sum: Float64Array;
  readonly count: Uint32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;

  constructor(width: number) {
    this.sum = new Float64Array(width);
    this.count = new Uint32Array(width);
    this.low = new Float64Array(width);
    this.high = new Float64Array(width);
    this.clear(NaN);
  }

  clear(start: number): void {
    this.start = start;
    this.sum.fill(0);
    this.count.fill(0);
    this.low.fill(NaN);
    this.high.fill(NaN);
  }

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < this.sum.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      this.sum[i]! += value;
      this.low[i] = this.count[i] ? Math.min(this.low[i]!, value) : value;
      this.high[i] = this.count[i] ? Math.max(this.high[i]!, value) : value;
      this.count[i]!++;
    }
  }
}

const HEAD = new Float64Array(512);
const TAIL = new Float64Array(512);

/** Median of numbers that may be put in order; NaN where one is missing. */
const middle = (values: Float64Array): number => {
  values.sort();
  // A hole sorts to the end.
  return Number.isNaN(values.at(-1)!) ? NaN : values[values.length >> 1]!;
};

export interface TiersOptions {
  /** 64-bit floats; else 32-bit, which tell 8 KiB apart at 100 GiB. */
  precise?: boolean;
  /** Keep low and high per step too. */
  extremes?: boolean;
}

export class Rollup {
  readonly #rings: (Ring | null)[];
  readonly #steps: Step[];
  #first: number | null = null;
  #newest: number | null = null;

  /** `shapes` from fine to coarse. A coarser tier takes memory only once its first step is full. */
  constructor(
    readonly width: number,
    readonly shapes: readonly TierShape[],
    readonly options: TiersOptions = {},
  ) {
    this.#rings = shapes.map(() => null);
    this.#steps = shapes.map((shape) => shape.step_seconds > 0 ? new Step(width) : null!);
  }

  get newest_seconds(): number | null {
    return this.#newest;
  }

  get oldest_seconds(): number | null {
    const oldest = this.#rings.map((ring) => ring?.oldest() ?? null).filter((time) => time !== null);
    const open = this.#steps.filter((step) => step && !Number.isNaN(step.start)).map((step) => step.start);
    // A step begins on a round time, which may lie before the first sample.
    const all = [...oldest, ...open];
    return all.length ? Math.max(Math.min(...all), this.#first!) : null;
  }

  /** `values` has one number per column; NaN where nothing was read. Time must not go back. */
  push(time: number, values: ArrayLike<number>): void {
    this.#first ??= time;
    this.#newest = time;
    this.shapes.forEach((shape, index) => {
      if (shape.step_seconds === 0) {
        this.#write(index, time, (ring, at) => ring.mean.set(values, at));
        return;
      }
      const step = this.#steps[index]!;
      const start = Math.floor(time / shape.step_seconds) * shape.step_seconds;
      if (start !== step.start) {
        if (!Number.isNaN(step.start)) this.#close(index, step);
        step.clear(start);
      }
      step.add(values);
    });
  }

  /** A hole in the series: nothing is drawn across it. */
  gap(time: number): void {
    this.push(time, new Float64Array(this.width).fill(NaN));
  }

  #write(index: number, time: number, fill: (ring: Ring, at: number) => void): void {
    const shape = this.shapes[index]!;
    const ring = this.#rings[index] ??= new Ring(
      this.width,
      shape,
      this.options.precise ?? false,
      (this.options.extremes ?? false) && shape.step_seconds > 0,
    );
    fill(ring, ring.add(time));
  }

  #close(index: number, step: Step): void {
    this.#write(index, step.start + this.shapes[index]!.step_seconds / 2, (ring, at) => {
      for (let i = 0; i < this.width; i++) {
        ring.mean[at + i] = step.count[i] ? step.sum[i]! / step.count[i]! : NaN;
        if (ring.low) ring.low[at + i] = step.low[i]!;
        if (ring.high) ring.high[at + i] = step.high[i]!;
      }
    });
  }

  /**
   * Rows between `from` and `to` from the finest tier that reaches back to `from`, merged to at most `points` rows. What
   * lies after that tier's last full step comes from the finer ones.
   */
  read(from: number, to: number, points: number, columns: readonly number[]): Range {
    const rows = this.#rows(from, to);
    // Rows are merged on a grid of absolute time, so that a live chart grows at its end and does not crawl.
    // Fine rows at the end of coarse ones are merged as coarsely: a line must not grow nervous towards its end.
    const steps = Math.max(0, ...rows.map((row) => row.ring.shape.step_seconds));
    const grid = Math.max(rows.length > points ? (to - from) / Math.max(1, points) : 0, steps);
    const range: Range = {
      time_seconds: [],
      mean: columns.map(() => []),
      low: columns.map(() => []),
      high: columns.map(() => []),
    };
    for (let start = 0, end = 0; start < rows.length; start = end) {
      const cell = grid ? Math.floor(rows[start]!.time / grid) : 0;
      end = start + 1;
      while (grid && end < rows.length && Math.floor(rows[end]!.time / grid) === cell) end++;
      const group = rows.slice(start, end);
      // The last point stands at the newest sample, so that a chart reaches its end.
      range.time_seconds.push(
        end === rows.length
          ? group.at(-1)!.time
          : group.reduce((sum, row) => sum + row.time, 0) / group.length,
      );
      columns.forEach((column, i) => {
        let sum = 0, count = 0, low = Infinity, high = -Infinity;
        for (const { ring, at } of group) {
          const value = ring.mean[at + column]!;
          if (Number.isNaN(value)) continue;
          sum += value;
          count++;
          low = Math.min(low, ring.low ? ring.low[at + column]! : value);
          high = Math.max(high, ring.high ? ring.high[at + column]! : value);
        }
        range.mean[i]!.push(count ? sum / count : null);
        range.low[i]!.push(count ? low : null);
        range.high[i]!.push(count ? high : null);
      });
    }
    return range;
  }

  /**
   * Growth per hour of the first column between the medians of the first and the last third of the finest tier; null with
   * fewer than six rows. Allocates nothing: it is asked for thousands of series.
   */
  ratePerHour(): number | null {
    const ring = this.#rings[0];
    const third = ring ? Math.min(Math.floor(ring.size / 3), HEAD.length) : 0;
    if (!ring || third < 2) return null;
    const last = ring.size - third;
    for (let k = 0; k < third; k++) {
      HEAD[k] = ring.mean[ring.slot(k) * this.width]!;
      TAIL[k] = ring.mean[ring.slot(last + k) * this.width]!;
    }
    const growth = middle(TAIL.subarray(0, third)) - middle(HEAD.subarray(0, third));
    const half = third >> 1;
    const seconds = ring.times[ring.slot(last + half)]! - ring.times[ring.slot(half)]!;
    return seconds > 0 && !Number.isNaN(growth) ? growth / seconds * 3600 : null;
  }

  #rows(from: number, to: number): { time: number; ring: Ring; at: number }[] {
    const rings = this.#rings.filter((ring) => ring !== null);
    // Finest first; the first that reaches back far enough is the base, or the one that reaches furthest.
    const reach = Math.max(from, this.#first ?? from);
    let base = rings.findIndex((ring) => (ring.oldest() ?? Infinity) <= reach);
    if (base < 0) {
      base = rings.reduce(
        (best, ring, i) => (ring.oldest() ?? Infinity) < (rings[best]!.oldest() ?? Infinity) ? i : best,
        0,
      );
    }
    const rows: { time: number; ring: Ring; at: number }[] = [];
    let reached = from;
    for (let i = base; i >= 0 && i < rings.length; i--) {
      const ring = rings[i]!;
      const half = ring.shape.step_seconds / 2;
      for (let k = 0; k < ring.size; k++) {
        const slot = ring.slot(k);
        const time = ring.times[slot]!;
        if (time < from || time > to || time - half < reached - 1e-9) continue;
        rows.push({ time, ring, at: slot * this.width });
      }
      if (rows.length) reached = Math.max(reached, rows.at(-1)!.time + half + 1e-6);
    }
    return rows;
  }
}
