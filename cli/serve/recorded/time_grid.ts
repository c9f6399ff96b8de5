/** Samples of a recording gathered on a grid of time while they stream by: mean, low and high per cell. Constant memory. */

import type { SeriesReply } from "../../../ui/server/api.ts";
import { seriesReply } from "../../../ui/server/series_reply.ts";

export class Grid {
  readonly #step: number;
  readonly #sum: Float64Array;
  readonly #count: Uint32Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #before: number[] = [];
  readonly #timeSum: Float64Array;
  readonly #timeCount: Uint32Array;

  constructor(
    readonly from: number,
    readonly to: number,
    readonly cells: number,
    readonly columns: readonly string[],
  ) {
    this.#step = Math.max(1e-3, (to - from) / cells);
    const size = (cells + 1) * columns.length;
    this.#sum = new Float64Array(size);
    this.#count = new Uint32Array(size);
    this.#low = new Float64Array(size).fill(Infinity);
    this.#high = new Float64Array(size).fill(-Infinity);
    this.#timeSum = new Float64Array(cells + 1);
    this.#timeCount = new Uint32Array(cells + 1);
  }

  /** Says that a sample was taken: cells without any are holes. */
  mark(time: number): void {
    const cell = this.#cell(time);
    if (cell < 0) return;
    this.#timeSum[cell]! += time;
    this.#timeCount[cell]!++;
  }

  /** A value from before the grid begins is what the column holds there. */
  add(time: number, column: number, value: number): void {
    if (!Number.isFinite(value)) return;
    if (time < this.from) {
      this.#before[column] = value;
      return;
    }
    const cell = this.#cell(time);
    if (cell < 0) return;
    const at = cell * this.columns.length + column;
    this.#sum[at]! += value;
    this.#count[at]!++;
    if (value < this.#low[at]!) this.#low[at] = value;
    if (value > this.#high[at]!) this.#high[at] = value;
  }

  /** Columns that are read more seldom than others keep their value for `hold` seconds. */
  reply(hold: number): SeriesReply {
    const { columns } = this;
    const range = {
      time_seconds: [] as number[],
      mean: columns.map(() => [] as (number | null)[]),
      low: columns.map(() => [] as (number | null)[]),
      high: columns.map(() => [] as (number | null)[]),
    };
    const held = columns.map((_, i) => ({
      value: this.#before[i] ?? 0,
      until: this.#before[i] === undefined ? -Infinity : this.from + hold,
    }));
    for (let cell = 0; cell <= this.cells; cell++) {
      if (this.#timeCount[cell] === 0) continue;
      const time = this.#timeSum[cell]! / this.#timeCount[cell]!;
      range.time_seconds.push(time);
      columns.forEach((_, i) => {
        const at = cell * columns.length + i;
        const last = held[i]!;
        if (this.#count[at]) {
          last.value = this.#sum[at]! / this.#count[at]!;
          last.until = time + hold;
        }
        const isKnown = time <= last.until;
        range.mean[i]!.push(isKnown ? last.value : null);
        range.low[i]!.push(isKnown ? (this.#count[at] ? this.#low[at]! : last.value) : null);
        range.high[i]!.push(isKnown ? (this.#count[at] ? this.#high[at]! : last.value) : null);
      });
    }
    return seriesReply(columns, this.from, this.to, range);
  }

  #cell(time: number): number {
    return time < this.from || time > this.to ? -1 : Math.floor((time - this.from) / this.#step);
  }
}
