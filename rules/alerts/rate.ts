/** A counter of the kernel's turned into a rate. */

/** Rates are taken over at least this long, so that two samples a tenth of a second apart do not shout. */
const MIN_SECONDS = 10;

export class CounterRate {
  /** NaN until two readings lie far enough apart. */
  per_second = NaN;
  #time = NaN;
  #total = NaN;

  /** Takes a reading; null, a gap or a counter that went back starts anew. */
  add(time: number, total: number | null, restart: boolean): void {
    if (total === null || restart || !(total >= this.#total)) {
      this.per_second = NaN;
      this.#time = time;
      this.#total = total ?? NaN;
      return;
    }
    const elapsed = time - this.#time;
    if (elapsed < MIN_SECONDS) return;
    this.per_second = (total - this.#total) / elapsed;
    this.#time = time;
    this.#total = total;
  }
}

/** What a counter gained since the sample before; NaN at its first sight. */
export class CounterStep {
  gained = NaN;
  #total = NaN;

  add(total: number | null): void {
    const value = total ?? NaN;
    this.gained = value >= this.#total ? value - this.#total : NaN;
    this.#total = value;
  }
}

/** Readings kept per window: enough to tell its beginning to a tenth of it. */
const SLIDING_READINGS = 10;

/** How much a value changed over a sliding window, in a handful of readings. */
export class SlidingChange {
  #readings: { time: number; value: number }[] = [];
  #last = NaN;

  constructor(readonly window_seconds: number) {}

  add(time: number, value: number): void {
    this.#last = value;
    const newest = this.#readings.at(-1);
    if (newest && time - newest.time < this.window_seconds / SLIDING_READINGS) return;
    this.#readings.push({ time, value });
    while (this.#readings.length > 1 && time - this.#readings[0]!.time > this.window_seconds) {
      this.#readings.shift();
    }
  }

  /** Last value less the first of the window; 0 after one reading, NaN before any. */
  get change(): number {
    return this.#last - (this.#readings[0]?.value ?? NaN);
  }

  clear(): void {
    this.#readings = [];
  }
}
