/** Buckets per series: 256 of 40 bytes are 10 KiB, from minutes to months. */
export const BUCKET_CAP = 256;

/** One value per bucket, in time order; `times` are seconds since the first sample of the series. */
export interface BucketColumns {
  times: Float64Array;
  lows: Float64Array;
  means: Float64Array;
  highs: Float64Array;
}

/** What `Buckets.toJSON` writes; plain numbers, so it survives any JSON store. */
export interface BucketsJson {
  width: number;
  cap: number;
  window: number | null;
  origin: number | null;
  pushed: number;
  keys: number[];
  counts: number[];
  time_sums: number[];
  lows: number[];
  value_sums: number[];
  highs: number[];
}

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
  // Room is made as needed: most processes live for seconds and must not cost 10 KiB each.
  #keys = new Uint32Array(8);
  #counts = new Uint32Array(8);
  #timeSums = new Float64Array(8);
  #lows = new Float64Array(8);
  #valueSums = new Float64Array(8);
  #highs = new Float64Array(8);

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

  get width_seconds(): number {
    return this.#width;
  }

  /** Memory held by the buckets. */
  get bytes(): number {
    return this.#keys.length * 40;
  }

  /** Time of the first sample ever pushed, or null. */
  get origin_seconds(): number | null {
    return this.#origin;
  }

  /** Whether anything has fallen off the old end. */
  get slid(): boolean {
    return this.#size > 0 && this.#keys[0]! > 0;
  }

  /** Adds a sample. Not-a-number and infinities are left out; a sample older than the last bucket folds into it. */
  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(tSeconds) || !Number.isFinite(value)) return;
    this.#origin ??= tSeconds;
    let t = tSeconds - this.#origin;
    const key = Math.floor(t / this.#width + 1e-9);
    const last = this.#size - 1;
    this.#pushed++;
    if (last >= 0 && key <= this.#keys[last]!) {
      t = Math.max(t, this.#keys[last]! * this.#width);
      this.#counts[last]!++;
      this.#timeSums[last]! += t;
      this.#valueSums[last]! += value;
      if (value < this.#lows[last]!) this.#lows[last] = value;
      if (value > this.#highs[last]!) this.#highs[last] = value;
      return;
    }
    this.#append(key, t, value);
    while (this.#keys[this.#size - 1]! - this.#keys[0]! >= this.#cap) {
      if (this.#window !== null && this.#width * this.#cap >= this.#window) break;
      this.#mergePairs();
    }
    if (this.#window !== null) this.#dropOlderThan(this.#window);
  }

  /** Times, minima, means and maxima of the buckets, freshly allocated. */
  columns(): BucketColumns {
    const n = this.#size;
    const times = new Float64Array(n), means = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      times[i] = this.#timeSums[i]! / this.#counts[i]!;
      means[i] = this.#valueSums[i]! / this.#counts[i]!;
    }
    return { times, lows: this.#lows.slice(0, n), means, highs: this.#highs.slice(0, n) };
  }

  /** An independent copy that slides over `windowSeconds`; how a longer window starts from a shorter one. */
  copyFor(windowSeconds: number): Buckets {
    const copy = new Buckets(this.#width, this.#cap, windowSeconds);
    copy.#origin = this.#origin;
    copy.#pushed = this.#pushed;
    copy.#size = this.#size;
    copy.#keys = this.#keys.slice();
    copy.#counts = this.#counts.slice();
    copy.#timeSums = this.#timeSums.slice();
    copy.#lows = this.#lows.slice();
    copy.#valueSums = this.#valueSums.slice();
    copy.#highs = this.#highs.slice();
    return copy;
  }

  toJSON(): BucketsJson {
    const n = this.#size;
    return {
      width: this.#width,
      cap: this.#cap,
      window: this.#window,
      origin: this.#origin,
      pushed: this.#pushed,
      keys: Array.from(this.#keys.subarray(0, n)),
      counts: Array.from(this.#counts.subarray(0, n)),
      time_sums: Array.from(this.#timeSums.subarray(0, n)),
      lows: Array.from(this.#lows.subarray(0, n)),
      value_sums: Array.from(this.#valueSums.subarray(0, n)),
      highs: Array.from(this.#highs.subarray(0, n)),
    };
  }

  static fromJSON(json: BucketsJson): Buckets {
    const buckets = new Buckets(json.width, json.cap, json.window);
    buckets.#origin = json.origin;
    buckets.#pushed = json.pushed;
    buckets.#size = Math.min(
      json.cap,
      json.keys.length,
      json.counts.length,
      json.time_sums.length,
      json.lows.length,
      json.value_sums.length,
      json.highs.length,
    );
    buckets.#keys = Uint32Array.from(json.keys);
    buckets.#counts = Uint32Array.from(json.counts);
    buckets.#timeSums = Float64Array.from(json.time_sums);
    buckets.#lows = Float64Array.from(json.lows);
    buckets.#valueSums = Float64Array.from(json.value_sums);
    buckets.#highs = Float64Array.from(json.highs);
    return buckets;
  }

  #append(key: number, t: number, value: number): void {
    if (this.#size === this.#keys.length) this.#makeRoom();
    const i = this.#size++;
    this.#keys[i] = key;
    this.#counts[i] = 1;
    this.#timeSums[i] = t;
    this.#lows[i] = value;
    this.#valueSums[i] = value;
    this.#highs[i] = value;
  }

  /** One more than the cap is needed for the moment between appending and merging. */
  #makeRoom(): void {
    const room = Math.min(Math.max(8, this.#size * 2), this.#cap + 1);
    const grown = <T extends Uint32Array | Float64Array>(old: T, into: T): T => (into.set(old), into);
    this.#keys = grown(this.#keys, new Uint32Array(room));
    this.#counts = grown(this.#counts, new Uint32Array(room));
    this.#timeSums = grown(this.#timeSums, new Float64Array(room));
    this.#lows = grown(this.#lows, new Float64Array(room));
    this.#valueSums = grown(this.#valueSums, new Float64Array(room));
    this.#highs = grown(this.#highs, new Float64Array(room));
  }

  #mergePairs(): void {
    this.#width *= 2;
    let to = -1;
    for (let i = 0; i < this.#size; i++) {
      const key = this.#keys[i]! >>> 1;
      if (to >= 0 && this.#keys[to] === key) {
        this.#counts[to]! += this.#counts[i]!;
        this.#timeSums[to]! += this.#timeSums[i]!;
        this.#valueSums[to]! += this.#valueSums[i]!;
        this.#lows[to] = Math.min(this.#lows[to]!, this.#lows[i]!);
        this.#highs[to] = Math.max(this.#highs[to]!, this.#highs[i]!);
      } else {
        to++;
        this.#keys[to] = key;
        this.#counts[to] = this.#counts[i]!;
        this.#timeSums[to] = this.#timeSums[i]!;
        this.#lows[to] = this.#lows[i]!;
        this.#valueSums[to] = this.#valueSums[i]!;
        this.#highs[to] = this.#highs[i]!;
      }
    }
    this.#size = to + 1;
  }

  #dropOlderThan(windowSeconds: number): void {
    const oldest = this.#keys[this.#size - 1]! - windowSeconds / this.#width;
    let gone = 0;
    while (this.#keys[gone]! <= oldest) this.#pushed -= this.#counts[gone++]!;
    if (gone === 0) return;
    this.#keys.copyWithin(0, gone, this.#size);
    this.#counts.copyWithin(0, gone, this.#size);
    this.#timeSums.copyWithin(0, gone, this.#size);
    this.#lows.copyWithin(0, gone, this.#size);
    this.#valueSums.copyWithin(0, gone, this.#size);
    this.#highs.copyWithin(0, gone, this.#size);
    this.#size -= gone;
  }
}
