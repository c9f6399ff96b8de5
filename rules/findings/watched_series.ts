import type { Unit } from "../../model/finding.ts";
import { type Assessment, type Buckets, type BucketsJson, classify } from "../detector/mod.ts";
import { combineWindows } from "./combine_windows.ts";
import { NestedWindows } from "./nested_windows.ts";
import { FlatSeries, type FlatSeriesJson } from "./flat_series.ts";

export interface WatchedSeriesOptions {
  unit: Unit;
  /** What is measured, for the sentence: "open descriptors". */
  what?: string | null;
  /** A rise below this is never a leak. */
  least_rise?: number;
  /** Looks, spread over a twelfth of the window, that must all say leak before it is called one. */
  confirmations?: number;
}

export interface WatchedSeriesJson {
  still?: FlatSeriesJson;
  rings?: BucketsJson[];
  /** Per window: leak verdicts in a row, and when the last was counted. */
  confirmed?: [leaks: number, counted_at: number][];
}

/** Who asks for a verdict gets one this share of the window old at most; more often nothing new can be seen. */
const LOOK_SHARE = 1 / 100;
/** Unasked, a window is looked at again after this share of it has passed: as often as looks can confirm each other. */
const UNASKED_SHARE = 1 / 25;
/** Confirming looks are at least this share of the window apart. */
const CONFIRM_SHARE = 1 / 24;

interface Look {
  assessment: Assessment;
  at: number;
  leaks: number;
  countedAt: number;
}

/** One series of a machine, in all its windows, with the verdict over all of them. One identity per object. */
export class WatchedSeries {
  readonly #unit: Unit;
  readonly #what: string | null;
  readonly #leastRise: number;
  readonly #confirmations: number;
  #still: FlatSeries | null = new FlatSeries();
  #rings: NestedWindows | null = null;
  #looks: Look[] = [];
  #now = -Infinity;
  #last = NaN;

  constructor({ unit, what = null, least_rise = 0, confirmations = 1 }: WatchedSeriesOptions) {
    this.#unit = unit;
    this.#what = what;
    this.#leastRise = least_rise;
    this.#confirmations = confirmations;
  }

  /** Whether it has ever moved; a series that has not needs no judging. */
  get moves(): boolean {
    return this.#rings !== null;
  }

  /** Last value pushed. */
  get last(): number {
    return this.#last;
  }

  push(tSeconds: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.#now = tSeconds;
    this.#last = value;
    if (this.#still?.push(tSeconds, value, this.#unit)) return;
    if (!this.#rings) {
      const rings = this.#rings = new NestedWindows();
      this.#still!.replay((t, v) => rings.push(t, v));
      this.#still = null;
    }
    this.#rings.push(tSeconds, value);
  }

  /** Whether any window has changed enough since it was last judged; `unasked`: enough to look without being asked. */
  isDue(unasked = false): boolean {
    if (this.#rings === null) return false;
    const share = unasked ? UNASKED_SHARE : LOOK_SHARE;
    for (let k = 0; k < this.#rings.rings.length; k++) if (this.#isDue(k, share)) return true;
    return false;
  }

  /** The verdict over all windows; only windows that have changed enough are looked at again. */
  classify(limit: number | null = null): Assessment {
    if (!this.#rings) return this.#still!.classify(this.#unit);
    const { rings } = this.#rings;
    rings.forEach((ring, k) => {
      if (!this.#isDue(k)) return;
      const assessment = this.#classify(ring, limit);
      this.#looks[k] = this.#counted(this.#looks[k], assessment);
    });
    const { assessment, index } = combineWindows(this.#looks.map((look) => look.assessment));
    const { leaks } = this.#looks[index]!;
    if (assessment.verdict !== "leak" || leaks >= this.#confirmations) return assessment;
    const evidence =
      `${assessment.evidence} (seen ${leaks} of ${this.#confirmations} times needed to call it a leak)`;
    return { ...assessment, verdict: "growing", evidence };
  }

  toJSON(): WatchedSeriesJson {
    if (!this.#rings) return { still: this.#still!.toJSON() };
    return {
      rings: this.#rings.toJSON(),
      confirmed: this.#looks.map((look) => [look.leaks, look.countedAt]),
    };
  }

  static fromJSON(json: WatchedSeriesJson, options: WatchedSeriesOptions): WatchedSeries {
    const series = new WatchedSeries(options);
    if (json.still) {
      series.#still = FlatSeries.fromJSON(json.still);
      series.#last = series.#still.last;
    } else if (json.rings?.length) {
      series.#still = null;
      series.#rings = NestedWindows.fromJSON(json.rings);
      series.#rings.rings.forEach((ring, k) => {
        const assessment = series.#classify(ring, null);
        const [leaks, countedAt] = json.confirmed?.[k] ?? [0, -Infinity];
        series.#looks[k] = { assessment, at: -Infinity, leaks, countedAt: countedAt ?? -Infinity };
      });
    }
    return series;
  }

  #classify(ring: Buckets, limit: number | null): Assessment {
    return classify(ring, { unit: this.#unit, limit, what: this.#what, least_rise: this.#leastRise });
  }

  #isDue(k: number, share = LOOK_SHARE): boolean {
    const look = this.#looks[k];
    return !look || this.#now - look.at > look.assessment.window_seconds * share;
  }

  #counted(before: Look | undefined, assessment: Assessment): Look {
    const look: Look = { assessment, at: this.#now, leaks: 0, countedAt: this.#now };
    if (assessment.verdict !== "leak") return look;
    if (!before || before.leaks === 0) return { ...look, leaks: 1 };
    const apart = this.#now - before.countedAt >= assessment.window_seconds * CONFIRM_SHARE;
    return apart
      ? { ...look, leaks: before.leaks + 1 }
      : { ...look, leaks: before.leaks, countedAt: before.countedAt };
  }
}
