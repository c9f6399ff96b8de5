/** Lowest, highest, mean, first and last of a value over a session; nothing is kept per sample. */
export class RunningStats {
  count = 0;
  low = Infinity;
  high = -Infinity;
  first: number | null = null;
  last: number | null = null;
  #sum = 0;

  /** null: not measured, not counted. */
  add(value: number | null | undefined): void {
    if (value == null) return;
    this.first ??= value;
    this.last = value;
    this.low = Math.min(this.low, value);
    this.high = Math.max(this.high, value);
    this.#sum += value;
    this.count++;
  }

  get mean(): number | null {
    return this.count > 0 ? this.#sum / this.count : null;
  }

  /** Change from the first to the last value. */
  get change(): number | null {
    return this.first === null ? null : this.last! - this.first;
  }
}
