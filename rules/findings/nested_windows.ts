import { BUCKET_CAP, Buckets, type BucketsJson } from "../detector/mod.ts";

/** The windows a series is judged in: an hour shows what is quick, two weeks what is slow. */
export const WINDOWS_SECONDS: readonly number[] = [3600, 6 * 3600, 48 * 3600, 14 * 86_400];

/** Doubled four times, 256 of these make the shortest window; the lengths of the longer ones are multiples of it. */
const FIRST_WIDTH_SECONDS = WINDOWS_SECONDS[0]! / BUCKET_CAP / 16;

/**
 * One series in sliding windows of growing length. A longer window is made, as a copy, when the one before it
 * begins to drop buckets: a process of less than an hour costs one window, not four.
 */
export class NestedWindows {
  readonly windows: Buckets[] = [new Buckets(FIRST_WIDTH_SECONDS, BUCKET_CAP, WINDOWS_SECONDS[0]!)];

  push(tSeconds: number, value: number): void {
    const last = this.windows.at(-1)!, window = WINDOWS_SECONDS[this.windows.length - 1]!;
    const next = WINDOWS_SECONDS[this.windows.length];
    const full = last.origin_seconds !== null && tSeconds - last.origin_seconds > window;
    if (full && next !== undefined) this.windows.push(last.copyFor(next));
    for (const buckets of this.windows) buckets.push(tSeconds, value);
  }

  toJSON(): BucketsJson[] {
    return this.windows.map((buckets) => buckets.toJSON());
  }

  static fromJSON(json: readonly BucketsJson[]): NestedWindows {
    const nested = new NestedWindows();
    if (json.length) nested.windows.splice(0, 1, ...json.map((buckets) => Buckets.fromJSON(buckets)));
    return nested;
  }
}
