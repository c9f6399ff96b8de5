/** Points of a series for a chart: when there are too many, every second one goes. */

const MAX_POINTS = 240;

export class Points {
  readonly time_seconds: number[] = [];
  readonly values: number[] = [];
  #every = 1;
  #seen = 0;

  push(time: number, value: number): void {
    if (this.#seen++ % this.#every !== 0) return;
    this.time_seconds.push(time);
    this.values.push(value);
    if (this.values.length < MAX_POINTS) return;
    this.#every *= 2;
    for (const list of [this.time_seconds, this.values]) {
      const kept = list.filter((_, index) => index % 2 === 0);
      list.splice(0, list.length, ...kept);
    }
  }
}
