import { BUCKET_CAP, Buckets, type BucketsJson, PRECISE_ROWS, type RowStore } from "../detector/mod.ts";

/** The windows a series is judged in: an hour shows what is quick, two weeks what is slow. */
export const WINDOWS_SECONDS: readonly number[] = [3600, 6 * 3600, 48 * 3600, 14 * 86_400];

/** Doubled four times, 256 of these make the shortest window; the lengths of the longer ones are multiples of it. */
const FIRST_WIDTH_SECONDS = WINDOWS_SECONDS[0]! / BUCKET_CAP / 16;

/**
 * One series in sliding windows of growing length. A longer window is made, as a copy, when the one before it
 * begins to drop buckets: a process of less than an hour costs one window, not four.
 */
export class NestedWindows {
  readonly windows: Buckets[];
  #cap: number;
  readonly #isWhole: boolean;

  /**
   * `isWhole`: one window over all samples, which does not slide, instead.
   * @throws RangeError where the store is full
   */
  constructor(cap = BUCKET_CAP, store: RowStore = PRECISE_ROWS, isWhole = false) {
    this.#cap = cap;
    this.#isWhole = isWhole;
    this.windows = [
      isWhole
        ? new Buckets(1, cap, null, store)
        : new Buckets(FIRST_WIDTH_SECONDS, cap, WINDOWS_SECONDS[0]!, store),
    ];
  }

  /** Buckets per window at most. */
  get cap(): number {
    return this.#cap;
  }

  get bytes(): number {
    return this.windows.reduce((sum, window) => sum + window.bytes, 0);
  }

  push(tSeconds: number, value: number): void {
    const last = this.windows[this.windows.length - 1]!, window = WINDOWS_SECONDS[this.windows.length - 1]!;
    const next = this.#isWhole ? undefined : WINDOWS_SECONDS[this.windows.length];
    if (next !== undefined && last.origin_seconds !== null && tSeconds - last.origin_seconds > window) {
      // Without room the longer window begins later, with what the shorter one then still holds.
      const longer = last.copyFor(next);
      if (longer !== null) this.windows.push(longer);
    }
    for (let k = 0; k < this.windows.length; k++) this.windows[k]!.push(tSeconds, value);
  }

  /** From now on so many buckets per window: what is asked of a series that hardly moves is less. */
  resize(cap: number): void {
    this.#cap = cap;
    this.windows.forEach((window, k) => window.resize(cap, WINDOWS_SECONDS[k]! / BUCKET_CAP));
  }

  release(): void {
    for (const window of this.windows) window.release();
  }

  toJSON(): BucketsJson[] {
    return this.windows.map((buckets) => buckets.toJSON());
  }

  /** Throws RangeError where the store is full. */
  static fromJSON(json: readonly BucketsJson[], store: RowStore = PRECISE_ROWS): NestedWindows {
    const windows: Buckets[] = [];
    try {
      for (const each of json.slice(0, WINDOWS_SECONDS.length)) windows.push(Buckets.fromJSON(each, store));
    } catch (error) {
      for (const window of windows) window.release();
      throw error;
    }
    const nested = new NestedWindows(windows[0]?.cap ?? BUCKET_CAP, store);
    if (windows.length > 0) {
      nested.release();
      nested.windows.splice(0, 1, ...windows);
    }
    return nested;
  }
}
