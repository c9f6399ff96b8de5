import type { Unit } from "../../model/finding.ts";
import {
  type Assessment,
  BUCKET_CAP,
  type Buckets,
  type BucketsJson,
  classify,
  floorRise,
  PRECISE_ROWS,
  type RowStore,
  UNKNOWN_GROWTH,
} from "../detector/mod.ts";
import { type GrowthProfile, growthProfile, type WorkMark } from "./growth_profile.ts";
import { combineWindows } from "./combine_windows.ts";
import { NestedWindows, WINDOWS_SECONDS } from "./nested_windows.ts";
import type { GrowthReading } from "../../model/growth_reading.ts";
import { FlatSeries, type FlatSeriesJson, slightAssessment } from "./flat_series.ts";

export interface WatchedSeriesOptions {
  unit: Unit;
  /** What is measured, for the sentence: "open descriptors". */
  what?: string | null;
  /** A rise below this is never a leak. */
  min_rise?: number;
  /** Evaluations, spread over a twelfth of the window, that must all say leak before it is called one. */
  confirmations?: number;
  /** Where its buckets lie. */
  store?: RowStore;
  /** One window over all samples, for a record that ends; left out: sliding windows. */
  whole_record?: boolean;
}

export interface WatchedSeriesJson {
  /** Time of the first sample. */
  since?: number;
  flat?: FlatSeriesJson;
  windows?: BucketsJson[];
  /** Per window: leak verdicts in a row, and when the last was counted. */
  confirmed?: [leaks: number, counted_at: number][];
}

/**
 * How fresh a verdict has to be. `unasked`: as often as evaluations can confirm each other. `asked`: more often nothing new can be
 * seen. `latest`: of the last sample, for what is said at the end of a watch, and for a recording of it, which must say the same.
 */
export type Freshness = "unasked" | "asked" | "latest";
/** A verdict may be this share of its window old. */
const STALE_SHARE: Readonly<Record<Freshness, number>> = { unasked: 1 / 25, asked: 1 / 100, latest: 0 };
/** Confirming looks are at least this share of the window apart. */
const CONFIRM_SHARE = 1 / 24;
/**
 * A window whose values lie within this share of the least rise that may be called a leak, and that goes to and fro, is not
 * classified; and a series of such windows has few buckets: just enough for a verdict once it moves.
 */
const SLIGHT_SHARE = 1 / 2;
/** To and fro: from its first to its last bucket it rose by less than this share of what it moved by. */
const STEADY_SHARE = 1 / 2;
/** Half as many would leave the two-week window too few. */
export const SLIGHT_CAP = 48;

interface Evaluation {
  assessment: Assessment;
  at: number;
  leaks: number;
  countedAt: number;
}

/** A flat series is known not to grow from so many samples on, as one that moves is compared from so many buckets on. */
const FLAT_SAMPLES = 6;
/**
 * Growth is computed anew once this share of its window has passed, that over an hour once a minute: rules ask for that of every
 * process every few seconds.
 */
const GROWTH_SHARE = 1 / 60;

/** One series of a machine, in all its windows, with the verdict over all of them. One identity per object. */
export class WatchedSeries {
  readonly #unit: Unit;
  readonly #what: string | null;
  readonly #minRise: number;
  readonly #confirmations: number;
  readonly #store: RowStore;
  #flat: FlatSeries | null = new FlatSeries();
  #windows: NestedWindows | null = null;
  #evaluations: Evaluation[] = [];
  #now = -Infinity;
  #since = Infinity;
  #last = NaN;
  /** Of its longest window, as long as it moves slightly. */
  #low = Infinity;
  #high = -Infinity;
  #isSlight = true;
  /** The last answer of `growth`: three variables of a rule ask for it in a row. */
  #growth: { at: number; period: number; reading: GrowthReading } | null = null;

  constructor(
    { unit, what = null, min_rise = 0, confirmations = 1, store = PRECISE_ROWS, whole_record = false }:
      WatchedSeriesOptions,
  ) {
    this.#unit = unit;
    this.#what = what;
    this.#minRise = min_rise;
    this.#confirmations = confirmations;
    this.#store = store;
    if (whole_record) this.#windows = new NestedWindows(BUCKET_CAP, store, true);
  }

  /** Series of its own, in the state of one that has not moved yet. */
  static flat(flat: FlatSeriesJson, options: WatchedSeriesOptions): WatchedSeries {
    return WatchedSeries.fromJSON({ since: flat[0], flat }, options);
  }

  /** Whether it has ever moved; a series that has not needs no judging. */
  get moves(): boolean {
    return this.#flat === null;
  }

  /** Whether it has moved by so much that it is classified. */
  get isClassified(): boolean {
    return this.#windows !== null && !this.#isSlight;
  }

  /** Memory of its buckets, and how many each window has at most; 0 where it has not moved. */
  get bytes(): number {
    return this.#windows?.bytes ?? 0;
  }

  get cap(): number {
    return this.#windows?.cap ?? 0;
  }

  /** Makes do with fewer buckets per window. */
  coarsen(cap: number): void {
    this.#windows?.resize(cap);
  }

  /** Gives its buckets back; it must not be used any more. */
  release(): void {
    this.#windows?.release();
  }

  /** Last value pushed. */
  get last(): number {
    return this.#last;
  }

  /** Seconds since the first sample. */
  get watchedSeconds(): number {
    return Number.isFinite(this.#since) ? this.#now - this.#since : 0;
  }

  /** How it has grown lately; null where it has not moved. `marks`: what its process did meanwhile, on the same time axis. */
  profile(marks: readonly WorkMark[] = []): GrowthProfile | null {
    const window = this.#windows?.windows[0];
    return window ? growthProfile(window.columns(), marks, window.origin_seconds ?? 0) : null;
  }

  /** Growth that stays over the last `periodSeconds` (at most two weeks); NaN before there is enough to compare. */
  growth(periodSeconds: number): GrowthReading {
    if (!this.#windows) {
      const { samples, seconds } = this.#flat!;
      if (samples < FLAT_SAMPLES) return UNKNOWN_GROWTH;
      return { rise: 0, ratio: 0, window_seconds: Math.min(seconds, periodSeconds) };
    }
    const known = this.#growth;
    if (known?.period === periodSeconds) {
      const age = this.#now - known.at;
      if (age === 0 || age < GROWTH_SHARE * known.reading.window_seconds) return known.reading;
    }
    const { windows } = this.#windows, k = WINDOWS_SECONDS.findIndex((length) => length >= periodSeconds);
    const reading = floorRise(windows[k] ?? windows.at(-1)!, periodSeconds);
    this.#growth = { at: this.#now, period: periodSeconds, reading };
    return reading;
  }

  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.#now = tSeconds;
    this.#since = Math.min(this.#since, tSeconds);
    this.#last = value;
    if (this.#flat && !this.#flat.push(tSeconds, value, this.#unit)) {
      if (this.#windows === null) this.#windows = this.#begin();
      else this.#flat = null;
    }
    if (!this.#windows) return;
    if (this.#isSlight) {
      this.#low = Math.min(this.#low, value);
      this.#high = Math.max(this.#high, value);
      if (this.#high - this.#low >= SLIGHT_SHARE * this.#minRise) {
        this.#isSlight = false;
        this.#windows.resize(BUCKET_CAP);
      }
    }
    this.#windows.push(tSeconds, value);
  }

  /** null where the memory budget is used up: it goes on as one that has not moved, until there is room. */
  #begin(): NestedWindows | null {
    let windows: NestedWindows;
    try {
      windows = new NestedWindows(this.#minRise > 0 ? SLIGHT_CAP : BUCKET_CAP, this.#store);
    } catch {
      return null;
    }
    this.#flat!.replay((t, v) => {
      windows.push(t, v);
      this.#low = Math.min(this.#low, v);
      this.#high = Math.max(this.#high, v);
    });
    this.#flat = null;
    return windows;
  }

  /** Whether a window has changed enough since it was last judged. */
  isDue(freshness: Freshness = "asked"): boolean {
    if (this.#windows === null) return false;
    for (let k = 0; k < this.#windows.windows.length; k++) if (this.#isDue(k, freshness)) return true;
    return false;
  }

  /** The verdict over all windows; only windows that have changed enough are looked at again. */
  classify(limit: number | null = null, freshness: Freshness = "asked"): Assessment {
    if (!this.#windows) return this.#flat!.classify(this.#unit);
    const { windows } = this.#windows;
    windows.forEach((window, k) => {
      if (!this.#isDue(k, freshness)) return;
      const assessment = this.#classify(window, limit);
      this.#evaluations[k] = this.#counted(this.#evaluations[k], assessment);
    });
    const { assessment, index } = combineWindows(
      this.#evaluations.map((evaluation) => evaluation.assessment),
    );
    const { leaks } = this.#evaluations[index]!;
    if (assessment.verdict !== "leak" || leaks >= this.#confirmations) return assessment;
    const evidence =
      `${assessment.evidence} (seen ${leaks} of ${this.#confirmations} times needed to call it a leak)`;
    return { ...assessment, verdict: "growing", evidence };
  }

  toJSON(): WatchedSeriesJson {
    const since = Number.isFinite(this.#since) ? this.#since : undefined;
    if (!this.#windows) return { since, flat: this.#flat!.toJSON() };
    return {
      since,
      windows: this.#windows.toJSON(),
      confirmed: this.#evaluations.map(({ leaks, countedAt }) => [leaks, countedAt]),
    };
  }

  static fromJSON(json: WatchedSeriesJson, options: WatchedSeriesOptions): WatchedSeries {
    const series = new WatchedSeries(options);
    series.#since = json.since ?? Infinity;
    if (json.flat) {
      series.#flat = FlatSeries.fromJSON(json.flat);
      series.#last = series.#flat.last;
    } else if (json.windows?.length) {
      series.#flat = null;
      series.#windows = NestedWindows.fromJSON(json.windows, series.#store);
      const longest = series.#windows.windows.at(-1)!;
      series.#low = longest.low;
      series.#high = series.#low + longest.extent;
      series.#isSlight = longest.extent < SLIGHT_SHARE * series.#minRise;
      series.#windows.windows.forEach((window, k) => {
        const assessment = series.#classify(window, null);
        const [leaks, countedAt] = json.confirmed?.[k] ?? [0, -Infinity];
        series.#evaluations[k] = { assessment, at: -Infinity, leaks, countedAt: countedAt ?? -Infinity };
      });
    }
    return series;
  }

  #classify(buckets: Buckets, limit: number | null): Assessment {
    const { extent } = buckets;
    if (extent < SLIGHT_SHARE * this.#minRise && buckets.rise < STEADY_SHARE * extent) {
      return slightAssessment({
        unit: this.#unit,
        samples: buckets.samples,
        seconds: buckets.span_seconds,
        moved: buckets.extent,
        last: this.#last,
      });
    }
    return classify(buckets, { unit: this.#unit, limit, what: this.#what, min_rise: this.#minRise });
  }

  #isDue(k: number, freshness: Freshness): boolean {
    const evaluation = this.#evaluations[k];
    return !evaluation ||
      this.#now - evaluation.at > evaluation.assessment.window_seconds * STALE_SHARE[freshness];
  }

  #counted(before: Evaluation | undefined, assessment: Assessment): Evaluation {
    const evaluation: Evaluation = { assessment, at: this.#now, leaks: 0, countedAt: this.#now };
    if (assessment.verdict !== "leak") return evaluation;
    if (!before || before.leaks === 0) return { ...evaluation, leaks: 1 };
    const apart = this.#now - before.countedAt >= assessment.window_seconds * CONFIRM_SHARE;
    return apart
      ? { ...evaluation, leaks: before.leaks + 1 }
      : { ...evaluation, leaks: before.leaks, countedAt: before.countedAt };
  }
}
