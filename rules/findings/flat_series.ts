import { formatAmount, formatSpan, plural } from "../../model/format.ts";
import type { Unit } from "../../model/finding.ts";
import { type Assessment, QUANTUM } from "../detector/mod.ts";

/** First and last sample, count and extremes, as they go into JSON. */
export type FlatSeriesJson = [
  from: number,
  to: number,
  samples: number,
  first: number,
  last: number,
  low: number,
  high: number,
];

/** Points that stand for the past when a still series begins to move, per look-back. */
const POINTS = 64;
const LOOK_BACKS_SECONDS: readonly number[] = [Infinity, 48 * 3600, 6 * 3600, 3600];

/**
 * A series that has not moved by one quantum (256 KiB, 5 pieces, 1 %) since it was first seen, as seven numbers. Nine of
 * ten series of a machine never do anything else; they cost no buckets and are not judged.
 */
export class FlatSeries {
  #from = NaN;
  #to = NaN;
  #samples = 0;
  #first = NaN;
  #last = NaN;
  #low = Infinity;
  #high = -Infinity;

  /** Adds a sample; false where the series has moved and must be kept in full from now on. */
  push(tSeconds: number, value: number, unit: Unit): boolean {
    const low = Math.min(this.#low, value), high = Math.max(this.#high, value);
    if (high - low >= QUANTUM[unit]) return false;
    this.#low = low;
    this.#high = high;
    if (this.#samples++ === 0) {
      this.#from = tSeconds;
      this.#first = value;
    }
    this.#to = tSeconds;
    this.#last = value;
    return true;
  }

  get last(): number {
    return this.#last;
  }

  get samples(): number {
    return this.#samples;
  }

  /** From the first sample to the last. */
  get seconds(): number {
    return this.#samples ? this.#to - this.#from : 0;
  }

  /** Samples on the straight line from the first to the last, denser towards the end, for the windows to begin with. */
  replay(push: (tSeconds: number, value: number) => void): void {
    if (this.#samples === 0) return;
    const length = this.#to - this.#from, times = new Set([this.#from]);
    if (length > 0) {
      for (const back of LOOK_BACKS_SECONDS) {
        const reach = Math.min(length, back), points = Math.min(POINTS, this.#samples - 1);
        for (let i = 1; i <= points; i++) times.add(this.#to - reach * (1 - i / points));
      }
    }
    for (const t of [...times].sort((a, b) => a - b)) {
      const share = length > 0 ? (t - this.#from) / length : 0;
      push(t, this.#first + (this.#last - this.#first) * share);
    }
  }

  classify(unit: Unit): Assessment {
    return slightAssessment({
      unit,
      samples: this.#samples,
      seconds: this.seconds,
      moved: 0,
      last: this.#last,
    });
  }

  toJSON(): FlatSeriesJson {
    return [this.#from, this.#to, this.#samples, this.#first, this.#last, this.#low, this.#high];
  }

  static fromJSON(json: FlatSeriesJson): FlatSeries {
    const flat = new FlatSeries();
    if (json[2] > 0) {
      [flat.#from, flat.#to, flat.#samples, flat.#first, flat.#last, flat.#low, flat.#high] = json;
    }
    return flat;
  }
}

/** What is said of a series, or a window of one, that has moved by too little for anybody to be accused. */
export function slightAssessment(
  { unit, samples, seconds, moved, last }: {
    unit: Unit;
    samples: number;
    seconds: number;
    /** Highest less lowest value; counts as a quantum at least. */
    moved: number;
    last: number;
  },
): Assessment {
  const known = samples >= 30 && seconds >= 60;
  return {
    verdict: known ? "stable" : "insufficient-data",
    confidence: known ? 0.99 : 0,
    unit,
    rate_per_hour: null,
    time_to_limit_seconds: null,
    evidence: known
      ? `it moved by less than ${formatAmount(Math.max(QUANTUM[unit], moved * 1.01), unit)} in ${
        formatSpan(seconds)
      }`
      : `${plural(samples, "sample")} in ${formatSpan(seconds)}: too few to judge`,
    window_seconds: seconds,
    samples,
    rise: 0,
    level: samples ? last : 0,
    score: 0,
    drift: 0,
    weakest: null,
    view: null,
  };
}
