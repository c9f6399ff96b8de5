import { decodeRows, encodeRows } from "./bucket_rows_codec.ts";
import { PRECISE_ROWS, type Rows, type RowStore, STRIDE } from "./bucket_pool.ts";

/** Buckets per series: enough for any verdict, from minutes to months. */
export const BUCKET_CAP = 256;

/** One value per bucket, in time order; `times` are seconds since the first sample of the series. */
export interface BucketColumns {
  times: Float64Array;
  lows: Float64Array;
  means: Float64Array;
  highs: Float64Array;
}

/** What `Buckets.toJSON` writes. */
export interface BucketsJson {
  width: number;
  cap: number;
  window: number | null;
  origin: number | null;
  /** What the values count from. */
  base: number;
  /** Sums of the last bucket in full: Σ time, Σ value. */
  open: [number, number];
  /** Six numbers per bucket (key, count, Σ time, least, Σ value, greatest), as bucket_rows_codec.ts writes them. */
  rows: string;
}

/** Fields of a bucket's row. Times count from the bucket's beginning, values from the series' base. */
const KEY = 0, COUNT = 1, TIME_SUM = 2, LOW = 3, VALUE_SUM = 4, HIGH = 5;
/** The first rows of a series: most processes live for seconds. */
const FIRST_BUCKETS = 8;
/** A mean time lies within its bucket, however it was rounded. */
const INSIDE = 1 - 1e-6;

/**
 * A series in constant memory: at most `cap` buckets of (key, count, Σ time, least, Σ value, greatest).
 *
 * When the keys outgrow the cap, the bucket width doubles and neighbours merge; counts, sums and extremes stay exact.
 * With `windowSeconds` set, buckets older than the window fall off and the series slides; the width stops doubling once
 * `cap` buckets span the window. Its rows come from `store`: doubles of its own, or 32-bit floats of a pool that many share,
 * where the values are offsets from the first one; `release` gives these back.
 */
export class Buckets {
  #width: number;
  #cap: number;
  readonly #window: number | null;
  readonly #store: RowStore;
  #rows: Rows;
  #origin: number | null = null;
  #base = 0;
  #pushed = 0;
  #size = 0;
  /** Sums of the last bucket: in rows of 32 bits a long sum would lose its last digits. */
  #openTime = 0;
  #openValue = 0;

  /** Throws RangeError where the store is full; ask for room first. */
  constructor(
    widthSeconds = 1,
    cap = BUCKET_CAP,
    windowSeconds: number | null = null,
    store: RowStore = PRECISE_ROWS,
    firstBuckets = FIRST_BUCKETS,
  ) {
    this.#width = widthSeconds;
    this.#cap = cap;
    this.#window = windowSeconds;
    this.#store = store;
    const rows = store.allocate(Math.min(cap, firstBuckets));
    if (rows === null) throw new RangeError("Cannot keep another series: the memory budget is used up");
    this.#rows = rows;
  }

  /** Buckets in use. */
  get size(): number {
    return this.#size;
  }

  /** Buckets at most. */
  get cap(): number {
    return this.#cap;
  }

  /** Samples the buckets hold. */
  get samples(): number {
    return this.#pushed;
  }

  /** Memory that the buckets take. */
  get bytes(): number {
    return this.#rows.capacity * STRIDE * this.#rows.values.BYTES_PER_ELEMENT;
  }

  /** Time of the first sample ever pushed; the times of `columns` count from here. */
  get origin_seconds(): number | null {
    return this.#origin;
  }

  /** Seconds from the first to the last bucket. */
  get span_seconds(): number {
    return this.#size === 0 ? 0 : this.#time(this.#size - 1) - this.#time(0);
  }

  /** Highest less lowest value of all. */
  get extent(): number {
    const { values, at } = this.#rows;
    let low = Infinity, high = -Infinity;
    for (let row = at, end = at + this.#size * STRIDE; row < end; row += STRIDE) {
      if (values[row + LOW]! < low) low = values[row + LOW]!;
      if (values[row + HIGH]! > high) high = values[row + HIGH]!;
    }
    return this.#size === 0 ? 0 : high - low;
  }

  /** Mean of the last bucket less mean of the first. */
  get rise(): number {
    if (this.#size === 0) return 0;
    const { values, at } = this.#rows, last = this.#lastRow();
    return values[last + VALUE_SUM]! / values[last + COUNT]! - values[at + VALUE_SUM]! / values[at + COUNT]!;
  }

  /** The lowest value of all. */
  get low(): number {
    const { values, at } = this.#rows;
    let low = Infinity;
    for (let i = 0; i < this.#size; i++) low = Math.min(low, values[at + i * STRIDE + LOW]!);
    return this.#base + low;
  }

  /** Adds a sample. Not-a-number and infinities are left out; a sample older than the last bucket folds into it. */
  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(tSeconds) || !Number.isFinite(value) || this.#cap === 0) return;
    if (this.#origin === null) {
      this.#origin = tSeconds;
      if (this.#store !== PRECISE_ROWS) this.#base = value;
    }
    const t = tSeconds - this.#origin;
    this.#pushed++;
    let key = this.#keyOf(t);
    if (this.#size > 0 && key <= this.#lastKey()) return this.#fold(t, value);
    while (this.#size > 0 && key - this.#firstKey() >= this.#cap) {
      if (this.#window !== null && this.#width * this.#cap >= this.#window) break;
      this.#mergePairs();
      key = this.#keyOf(t);
      if (key <= this.#lastKey()) return this.#fold(t, value);
    }
    if (this.#window !== null) this.#dropUntil(key - this.#window / this.#width);
    if (this.#size === this.#rows.capacity && !this.#makeRoom()) {
      // No room in the pool: as many buckets as there are now will have to do.
      this.#cap = this.#rows.capacity;
      while (this.#size > 0 && (this.#size >= this.#cap || this.#keyOf(t) - this.#firstKey() >= this.#cap)) {
        this.#mergePairs();
      }
      key = this.#keyOf(t);
      if (key <= this.#lastKey()) return this.#fold(t, value);
    }
    this.#append(key, t, value);
  }

  /** Times, minima, means and maxima of the buckets, freshly allocated. */
  columns(): BucketColumns {
    const n = this.#size, { values, at } = this.#rows, base = this.#base;
    const columns = {
      times: new Float64Array(n),
      lows: new Float64Array(n),
      means: new Float64Array(n),
      highs: new Float64Array(n),
    };
    for (let i = 0, row = at; i < n; i++, row += STRIDE) {
      columns.times[i] = this.#time(i);
      columns.lows[i] = base + values[row + LOW]!;
      columns.means[i] = base + values[row + VALUE_SUM]! / values[row + COUNT]!;
      columns.highs[i] = base + values[row + HIGH]!;
    }
    return columns;
  }

  /** Mean time, minimum and maximum of one bucket: for who looks at a few and must not allocate. */
  timeAt(i: number): number {
    return this.#time(i);
  }

  lowAt(i: number): number {
    return this.#base + this.#rows.values[this.#rows.at + i * STRIDE + LOW]!;
  }

  highAt(i: number): number {
    return this.#base + this.#rows.values[this.#rows.at + i * STRIDE + HIGH]!;
  }

  /**
   * An independent copy that slides over `windowSeconds`: how a longer window starts from a shorter one. null where the store
   * has no room for it.
   */
  copyFor(windowSeconds: number): Buckets | null {
    const { values, at } = this.#rows;
    let copy: Buckets;
    try {
      copy = new Buckets(this.#width, this.#cap, windowSeconds, this.#store, this.#size + 1);
    } catch {
      return null;
    }
    copy.#origin = this.#origin;
    copy.#base = this.#base;
    copy.#pushed = this.#pushed;
    copy.#size = this.#size;
    copy.#rows.values.set(values.subarray(at, at + this.#size * STRIDE), copy.#rows.at);
    copy.#openTime = this.#openTime;
    copy.#openValue = this.#openValue;
    return copy;
  }

  /**
   * From now on at most so many buckets. Fewer: neighbours merge. More: the width halves as often as it may without being
   * less than `minWidth`; what lies in the past stays as coarse as it is.
   */
  resize(cap: number, minWidth = 0): void {
    if (this.#cap === 0) return;
    const isLess = cap < this.#cap;
    this.#cap = cap;
    if (this.#size === 0) return;
    if (isLess) {
      while (this.#lastKey() - this.#firstKey() >= cap) this.#mergePairs();
      if (this.#size < this.#rows.capacity) this.#move(this.#size + 1);
      return;
    }
    while (this.#width / 2 >= minWidth && 2 * (this.#lastKey() - this.#firstKey() + 1) < cap) {
      this.#halveWidth();
    }
  }

  /** Gives the rows back to the store; the series is empty from then on, whatever is pushed. */
  release(): void {
    if (this.#cap === 0) return;
    this.#store.release(this.#rows);
    this.#size = this.#cap = this.#pushed = 0;
  }

  toJSON(): BucketsJson {
    const { values, at } = this.#rows;
    return {
      width: this.#width,
      cap: this.#cap,
      window: this.#window,
      origin: this.#origin,
      base: this.#base,
      open: [this.#openTime, this.#openValue],
      rows: encodeRows(values.subarray(at, at + this.#size * STRIDE), STRIDE),
    };
  }

  /**
   * Goes on from `toJSON`. Rows that no series could have written are left out. Throws RangeError where the store is full or the
   * numbers are none of a series.
   */
  static fromJSON(json: BucketsJson, store: RowStore = PRECISE_ROWS): Buckets {
    const numbers = [json.width, json.window ?? 1, json.origin ?? 0, json.base, json.cap, ...json.open];
    if (!numbers.every(Number.isFinite) || json.width <= 0 || (json.window ?? 1) <= 0) {
      throw new RangeError("Cannot go on with a series: its numbers are none");
    }
    const rows = decodeRows(json.rows, STRIDE);
    const cap = Math.min(BUCKET_CAP, Math.max(1, Math.trunc(json.cap)));
    const size = Math.min(cap, Math.trunc(rows.length / STRIDE));
    const buckets = new Buckets(json.width, cap, json.window, store, Math.max(1, size));
    const { values, at } = buckets.#rows;
    buckets.#origin = json.origin;
    buckets.#base = json.base;
    let last = -Infinity;
    for (let i = 0; i < size; i++) {
      const row = rows.subarray(i * STRIDE, (i + 1) * STRIDE);
      if (!row.every(Number.isFinite) || row[KEY]! <= last || row[COUNT]! < 1) break;
      last = row[KEY]!;
      values.set(row, at + i * STRIDE);
      buckets.#pushed += row[COUNT]!;
      buckets.#size++;
    }
    if (buckets.#size === size) [buckets.#openTime, buckets.#openValue] = json.open;
    else buckets.#reopen();
    if (buckets.#origin === null) buckets.#size = 0;
    return buckets;
  }

  #keyOf(t: number): number {
    return Math.floor(t / this.#width + 1e-9);
  }

  #firstKey(): number {
    return this.#rows.values[this.#rows.at + KEY]!;
  }

  #lastRow(): number {
    return this.#rows.at + (this.#size - 1) * STRIDE;
  }

  #lastKey(): number {
    return this.#rows.values[this.#lastRow() + KEY]!;
  }

  #time(i: number): number {
    const { values, at } = this.#rows, row = at + i * STRIDE;
    const within = values[row + TIME_SUM]! / values[row + COUNT]!;
    return values[row + KEY]! * this.#width + Math.min(within, this.#width * INSIDE);
  }

  #append(key: number, t: number, value: number): void {
    const { values, at } = this.#rows, row = at + this.#size++ * STRIDE, offset = value - this.#base;
    values[row + KEY] = key;
    values[row + COUNT] = 1;
    values[row + TIME_SUM] = this.#openTime = Math.max(0, t - key * this.#width);
    values[row + LOW] = values[row + VALUE_SUM] = values[row + HIGH] = offset;
    this.#openValue = offset;
  }

  #fold(t: number, value: number): void {
    const { values } = this.#rows, row = this.#lastRow(), offset = value - this.#base;
    values[row + COUNT]!++;
    values[row + TIME_SUM] = this.#openTime += Math.max(0, t - values[row + KEY]! * this.#width);
    values[row + VALUE_SUM] = this.#openValue += offset;
    if (offset < values[row + LOW]!) values[row + LOW] = offset;
    if (offset > values[row + HIGH]!) values[row + HIGH] = offset;
  }

  /** Takes the sums of the last bucket from its row. */
  #reopen(): void {
    if (this.#size === 0) return;
    this.#openTime = this.#rows.values[this.#lastRow() + TIME_SUM]!;
    this.#openValue = this.#rows.values[this.#lastRow() + VALUE_SUM]!;
  }

  /** False where the store has no room. */
  #makeRoom(): boolean {
    return this.#move(Math.min(this.#size + 1, BUCKET_CAP));
  }

  /** Moves into rows for so many buckets, or the next larger ones. */
  #move(buckets: number): boolean {
    const rows = this.#store.allocate(buckets);
    if (rows === null) return false;
    const { values, at } = this.#rows;
    rows.values.set(values.subarray(at, at + this.#size * STRIDE), rows.at);
    this.#store.release(this.#rows);
    this.#rows = rows;
    return true;
  }

  #mergePairs(): void {
    const { values, at } = this.#rows;
    const width = this.#width;
    this.#width *= 2;
    let to = at - STRIDE;
    for (let row = at, end = at + this.#size * STRIDE; row < end; row += STRIDE) {
      const old = values[row + KEY]!, key = Math.floor(old / 2), count = values[row + COUNT]!;
      const timeSum = values[row + TIME_SUM]! + (old - 2 * key) * width * count;
      if (to >= at && values[to + KEY] === key) {
        values[to + COUNT]! += count;
        values[to + TIME_SUM]! += timeSum;
        values[to + VALUE_SUM]! += values[row + VALUE_SUM]!;
        values[to + LOW] = Math.min(values[to + LOW]!, values[row + LOW]!);
        values[to + HIGH] = Math.max(values[to + HIGH]!, values[row + HIGH]!);
      } else {
        to += STRIDE;
        values.copyWithin(to, row, row + STRIDE);
        values[to + KEY] = key;
        values[to + TIME_SUM] = timeSum;
      }
    }
    this.#size = (to - at) / STRIDE + 1;
    this.#reopen();
  }

  /** Buckets that are there keep what they hold, and go to where the mean of their times lies. */
  #halveWidth(): void {
    const { values, at } = this.#rows, width = this.#width /= 2;
    for (let row = at, end = at + this.#size * STRIDE; row < end; row += STRIDE) {
      const count = values[row + COUNT]!, within = values[row + TIME_SUM]! / count;
      const isLater = within >= width;
      values[row + KEY] = 2 * values[row + KEY]! + (isLater ? 1 : 0);
      if (isLater) values[row + TIME_SUM] = Math.min(within - width, width * INSIDE) * count;
    }
    this.#reopen();
  }

  /** Forgets buckets up to and with this key. */
  #dropUntil(key: number): void {
    const { values, at } = this.#rows;
    let gone = 0;
    while (gone < this.#size && values[at + gone * STRIDE + KEY]! <= key) {
      this.#pushed -= values[at + gone * STRIDE + COUNT]!;
      gone++;
    }
    if (gone === 0) return;
    values.copyWithin(at, at + gone * STRIDE, at + this.#size * STRIDE);
    this.#size -= gone;
  }
}
