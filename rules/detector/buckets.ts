/** Buckets per series: 256 of 48 bytes are 12 KiB, from minutes to months. */
export const BUCKET_CAP = 256;

/** One value per bucket, in time order; `times` are seconds since the first sample of the series. */
export interface BucketColumns {
  times: Float64Array;
  lows: Float64Array;
  means: Float64Array;
  highs: Float64Array;
}

/** What `Buckets.toJSON` writes: plain numbers, six per bucket (key, count, Σtime, min, Σvalue, max). */
export interface BucketsJson {
  width: number;
  cap: number;
  window: number | null;
  origin: number | null;
  rows: number[];
}

/** Fields of a bucket's row. */
const KEY = 0, COUNT = 1, TIME_SUM = 2, LOW = 3, VALUE_SUM = 4, HIGH = 5, STRIDE = 6;

/**
 * A series in constant memory: at most `cap` buckets of (key, count, Σtime, min, Σvalue, max).
 *
 * When the keys outgrow the cap, the bucket width doubles and neighbours merge; counts, sums and extremes stay exact.
 * With `windowSeconds` set, buckets older than the window fall off and the series slides; the width stops doubling once
 * `cap` buckets span the window.
 */
export class Buckets {
  #width: number;
  readonly #cap: number;
  readonly #window: number | null;
  #origin: number | null = null;
  #pushed = 0;
  #size = 0;
  /** Grows as needed: most processes live for seconds and must not cost 12 KiB each. */
  #rows: Float64Array = new Float64Array(4 * STRIDE);

  constructor(widthSeconds = 1, cap = BUCKET_CAP, windowSeconds: number | null = null) {
    this.#width = widthSeconds;
    this.#cap = cap;
    this.#window = windowSeconds;
  }

  /** Buckets in use. */
  get size(): number {
    return this.#size;
  }

  /** Samples the buckets hold. */
  get samples(): number {
    return this.#pushed;
  }

  /** Memory that the buckets take. */
  get bytes(): number {
    return this.#rows.byteLength;
  }

  /** Time of the first sample ever pushed; the times of `columns` count from here. */
  get origin_seconds(): number | null {
    return this.#origin;
  }

  /** Seconds from the first to the last bucket. */
  get span_seconds(): number {
    return this.#size === 0 ? 0 : this.#time(this.#size - 1) - this.#time(0);
  }

  /** Adds a sample. Not-a-number and infinities are left out; a sample older than the last bucket folds into it. */
  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(tSeconds) || !Number.isFinite(value)) return;
    this.#origin ??= tSeconds;
    const t = tSeconds - this.#origin;
    let key = this.#keyOf(t);
    this.#pushed++;
    if (this.#size > 0 && key <= this.#lastKey()) return this.#fold(t, value);
    while (this.#size > 0 && key - this.#rows[KEY]! >= this.#cap) {
      if (this.#window !== null && this.#width * this.#cap >= this.#window) break;
      this.#mergePairs();
      key = this.#keyOf(t);
      if (key <= this.#lastKey()) return this.#fold(t, value);
    }
    if (this.#window !== null) this.#dropUntil(key - this.#window / this.#width);
    if (this.#size * STRIDE === this.#rows.length) this.#makeRoom();
    const row = this.#size++ * STRIDE;
    this.#rows[row + KEY] = key;
    this.#rows[row + COUNT] = 1;
    this.#rows[row + TIME_SUM] = t;
    this.#rows[row + LOW] = this.#rows[row + VALUE_SUM] = this.#rows[row + HIGH] = value;
  }

  /** Times, minima, means and maxima of the buckets, freshly allocated. */
  columns(): BucketColumns {
    const n = this.#size, rows = this.#rows;
    const columns = {
      times: new Float64Array(n),
      lows: new Float64Array(n),
      means: new Float64Array(n),
      highs: new Float64Array(n),
    };
    for (let i = 0, row = 0; i < n; i++, row += STRIDE) {
      columns.times[i] = this.#time(i);
      columns.lows[i] = rows[row + LOW]!;
      columns.means[i] = rows[row + VALUE_SUM]! / rows[row + COUNT]!;
      columns.highs[i] = rows[row + HIGH]!;
    }
    return columns;
  }

  /** An independent copy that slides over `windowSeconds`: how a longer window starts from a shorter one. */
  copyFor(windowSeconds: number): Buckets {
    const copy = new Buckets(this.#width, this.#cap, windowSeconds);
    copy.#origin = this.#origin;
    copy.#pushed = this.#pushed;
    copy.#size = this.#size;
    copy.#rows = this.#rows.slice();
    return copy;
  }

  toJSON(): BucketsJson {
    return {
      width: this.#width,
      cap: this.#cap,
      window: this.#window,
      origin: this.#origin,
      rows: Array.from(this.#rows.subarray(0, this.#size * STRIDE)),
    };
  }

  static fromJSON(json: BucketsJson): Buckets {
    const buckets = new Buckets(json.width, json.cap, json.window);
    buckets.#origin = json.origin;
    buckets.#size = Math.min(json.cap, Math.trunc(json.rows.length / STRIDE));
    buckets.#rows = Float64Array.from(json.rows.slice(0, buckets.#size * STRIDE));
    for (let i = 0; i < buckets.#size; i++) buckets.#pushed += buckets.#rows[i * STRIDE + COUNT]!;
    return buckets;
  }

  #keyOf(t: number): number {
    return Math.floor(t / this.#width + 1e-9);
  }

  #lastKey(): number {
    return this.#rows[(this.#size - 1) * STRIDE + KEY]!;
  }

  #time(i: number): number {
    return this.#rows[i * STRIDE + TIME_SUM]! / this.#rows[i * STRIDE + COUNT]!;
  }

  #fold(t: number, value: number): void {
    const rows = this.#rows, row = (this.#size - 1) * STRIDE;
    rows[row + COUNT]!++;
    rows[row + TIME_SUM]! += Math.max(t, rows[row + KEY]! * this.#width);
    rows[row + VALUE_SUM]! += value;
    rows[row + LOW] = Math.min(rows[row + LOW]!, value);
    rows[row + HIGH] = Math.max(rows[row + HIGH]!, value);
  }

  #makeRoom(): void {
    const grown = new Float64Array(Math.max(4, Math.min(this.#size * 2, this.#cap)) * STRIDE);
    grown.set(this.#rows);
    this.#rows = grown;
  }

  #mergePairs(): void {
    const rows = this.#rows;
    this.#width *= 2;
    let to = -STRIDE;
    for (let row = 0; row < this.#size * STRIDE; row += STRIDE) {
      const key = Math.floor(rows[row + KEY]! / 2);
      if (to >= 0 && rows[to + KEY] === key) {
        rows[to + COUNT]! += rows[row + COUNT]!;
        rows[to + TIME_SUM]! += rows[row + TIME_SUM]!;
        rows[to + VALUE_SUM]! += rows[row + VALUE_SUM]!;
        rows[to + LOW] = Math.min(rows[to + LOW]!, rows[row + LOW]!);
        rows[to + HIGH] = Math.max(rows[to + HIGH]!, rows[row + HIGH]!);
      } else {
        to += STRIDE;
        rows.copyWithin(to, row, row + STRIDE);
        rows[to + KEY] = key;
      }
    }
    this.#size = to / STRIDE + 1;
  }

  /** Forgets buckets up to and with this key. */
  #dropUntil(key: number): void {
    let gone = 0;
    while (gone < this.#size && this.#rows[gone * STRIDE + KEY]! <= key) {
      this.#pushed -= this.#rows[gone * STRIDE + COUNT]!;
      gone++;
    }
    if (gone === 0) return;
    this.#rows.copyWithin(0, gone * STRIDE, this.#size * STRIDE);
    this.#size -= gone;
  }
}
