import type { Unit } from "../../model/finding.ts";
import { type Assessment, type Buckets, type BucketsJson, classify } from "../detector/mod.ts";
import { type GrowthProfile, growthProfile, type WorkMark } from "./growth_profile.ts";
import { combineWindows } from "./combine_windows.ts";
import { NestedWindows } from "./nested_windows.ts";
import { FlatSeries, type FlatSeriesJson } from "./flat_series.ts";

export interface WatchedSeriesOptions {
  unit: Unit;
  /** What is measured, for the sentence: "open descriptors". */
  what?: string | null;
  /** A rise below this is never a leak. */
  min_rise?: number;
  /** Evaluations, spread over a twelfth of the window, that must all say leak before it is called one. */
  confirmations?: number;
}

export interface WatchedSeriesJson {
  /** Time of the first sample. */
  since?: number;
  flat?: FlatSeriesJson;
  windows?: BucketsJson[];
  /** Per window: leak verdicts in a row, and when the last was counted. */
  confirmed?: [leaks: number, counted_at: number][];
}

/** Who asks for a verdict gets one this share of the window old at most; more often nothing new can be seen. */
const EVALUATION_SHARE = 1 / 100;
/** Unasked, a window is looked at again after this share of it has passed: as often as looks can confirm each other. */
const UNASKED_SHARE = 1 / 25;
/** Confirming looks are at least this share of the window apart. */
const CONFIRM_SHARE = 1 / 24;

interface Evaluation {
  assessment: Assessment;
  at: number;
  leaks: number;
  countedAt: number;
}

/** One series of a machine, in all its windows, with the verdict over all of them. One identity per object. */
export class WatchedSeries {
  readonly #unit: Unit;
  readonly #what: string | null;
  readonly #minRise: number;
  readonly #confirmations: number;
  #flat: FlatSeries | null = new FlatSeries();
  #windows: NestedWindows | null = null;
  #evaluations: Evaluation[] = [];
  #now = -Infinity;
  #since = Infinity;
  #last = NaN;

  constructor({ unit, what = null, min_rise = 0, confirmations = 1 }: WatchedSeriesOptions) {
    this.#unit = unit;
    this.#what = what;
    this.#minRise = min_rise;
    this.#confirmations = confirmations;
  }

  /** Whether it has ever moved; a series that has not needs no judging. */
  get moves(): boolean {
    return this.#windows !== null;
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

  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.#now = tSeconds;
    this.#since = Math.min(this.#since, tSeconds);
    this.#last = value;
    if (this.#flat?.push(tSeconds, value, this.#unit)) return;
    if (!this.#windows) {
      const windows = this.#windows = new NestedWindows();
      this.#flat!.replay((t, v) => windows.push(t, v));
      this.#flat = null;
    }
    this.#windows.push(tSeconds, value);
  }

  /** Whether any window has changed enough since it was last judged; `unasked`: enough to look without being asked. */
  isDue(unasked = false): boolean {
    if (this.#windows === null) return false;
    const share = unasked ? UNASKED_SHARE : EVALUATION_SHARE;
    for (let k = 0; k < this.#windows.windows.length; k++) if (this.#isDue(k, share)) return true;
    return false;
  }

  /** The verdict over all windows; only windows that have changed enough are looked at again. */
  classify(limit: number | null = null): Assessment {
    if (!this.#windows) return this.#flat!.classify(this.#unit);
    const { windows } = this.#windows;
    windows.forEach((window, k) => {
      if (!this.#isDue(k)) return;
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
      series.#windows = NestedWindows.fromJSON(json.windows);
      series.#windows.windows.forEach((window, k) => {
        const assessment = series.#classify(window, null);
        const [leaks, countedAt] = json.confirmed?.[k] ?? [0, -Infinity];
        series.#evaluations[k] = { assessment, at: -Infinity, leaks, countedAt: countedAt ?? -Infinity };
      });
    }
    return series;
  }

  #classify(buckets: Buckets, limit: number | null): Assessment {
    return classify(buckets, { unit: this.#unit, limit, what: this.#what, min_rise: this.#minRise });
  }

  #isDue(k: number, share = EVALUATION_SHARE): boolean {
    const evaluation = this.#evaluations[k];
    return !evaluation || this.#now - evaluation.at > evaluation.assessment.window_seconds * share;
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
