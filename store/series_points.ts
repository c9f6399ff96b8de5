/**
 * Points of one identity: times and the values of all columns, in memory that is bounded however long the file is. Beyond
 * the bound every second row is left out, then every fourth and so on, as if samples had been taken less often; a verdict
 * looks at 256 buckets of them.
 */

/** Rows kept of one identity. */
export const MAX_POINTS = 1 << 16;

export class SeriesPoints {
  /** Rows of (time, value of each column), NaN where there is no value. */
  #rows: Float64Array;
  #count = 0;
  #every = 1;
  #skipped = 0;
  readonly #stride: number;
  #ascending = true;

  constructor(readonly columns: number) {
    this.#stride = columns + 1;
    this.#rows = new Float64Array(4 * this.#stride);
  }

  get count(): number {
    return this.#count;
  }

  /** Numbers that it has room for. */
  get capacity(): number {
    return this.#rows.length;
  }

  /** Takes the first columns + 1 numbers of `row`. */
  push(row: Float64Array): void {
    if (++this.#skipped < this.#every) return;
    this.#skipped = 0;
    const stride = this.#stride, at = this.#count * stride;
    if (at === this.#rows.length) this.#grow();
    for (let i = 0; i < stride; i++) this.#rows[at + i] = row[i]!;
    if (this.#count > 0 && row[0]! < this.#rows[at - stride]!) this.#ascending = false;
    if (++this.#count >= MAX_POINTS) this.thin();
  }

  /** Leaves out every second row, of what is there and of what will come. */
  thin(): void {
    const stride = this.#stride, kept = Math.ceil(this.#count / 2);
    for (let row = 1; row < kept; row++) {
      this.#rows.copyWithin(row * stride, 2 * row * stride, (2 * row + 1) * stride);
    }
    this.#skipped = this.#count % 2 === 1 ? 0 : this.#every;
    this.#count = kept;
    this.#every *= 2;
    this.#rows = this.#rows.slice(0, Math.max(4, kept) * stride);
  }

  /** Puts the rows in the order of time; those of one time stay in the file's. */
  sort(): void {
    if (this.#ascending) return;
    const stride = this.#stride, rows = this.#rows;
    const order = Array.from({ length: this.#count }, (_, row) => row)
      .sort((a, b) => rows[a * stride]! - rows[b * stride]! || a - b);
    const sorted = new Float64Array(this.#count * stride);
    order.forEach((row, to) => sorted.set(rows.subarray(row * stride, (row + 1) * stride), to * stride));
    this.#rows = sorted;
    this.#ascending = true;
  }

  /** Whether two rows have the same time; call it once they are sorted. */
  hasRepeatedTimes(): boolean {
    for (let row = 1; row < this.#count; row++) {
      if (this.#rows[row * this.#stride] === this.#rows[(row - 1) * this.#stride]) return true;
    }
    return false;
  }

  /** Times and values of one column (from 1 up), where it has values; scaled. */
  series(column: number, scale: number): { times_seconds: number[]; values: number[] } {
    const times_seconds: number[] = [], values: number[] = [];
    for (let at = 0; at < this.#count * this.#stride; at += this.#stride) {
      const value = this.#rows[at + column]!;
      if (Number.isNaN(value)) continue;
      times_seconds.push(this.#rows[at]!);
      values.push(value * scale);
    }
    return { times_seconds, values };
  }

  #grow(): void {
    const grown = new Float64Array(this.#rows.length * 2);
    grown.set(this.#rows);
    this.#rows = grown;
  }
}
