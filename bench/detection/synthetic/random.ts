/** Seeded random numbers (sfc32), so that a generated series is the same on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | null = null;

  constructor(...seed: number[]) {
    [this.#a, this.#b, this.#c] = [0x9e3779b9, 0x243f6a88, 0xb7e15162];
    for (const part of seed) {
      this.#a ^= part | 0;
      for (let i = 0; i < 8; i++) this.uniform();
    }
    for (let i = 0; i < 12; i++) this.uniform();
  }

  /** Uniform in [from, to). */
  uniform(from = 0, to = 1): number {
    const t = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t | 0;
    return from + ((to - from) * (t >>> 0)) / 2 ** 32;
  }

  /** Uniform integer in [from, to). */
  integer(from: number, to: number): number {
    return Math.floor(this.uniform(from, to));
  }

  /** Uniform in the logarithm. */
  logUniform(from: number, to: number): number {
    return Math.exp(this.uniform(Math.log(from), Math.log(to)));
  }

  choice<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length)]!;
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  normal(mean = 0, deviation = 1): number {
    let z = this.#spare;
    if (z === null) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform())), angle = 2 * Math.PI * this.uniform();
      z = radius * Math.cos(angle);
      this.#spare = radius * Math.sin(angle);
    } else this.#spare = null;
    return mean + deviation * z;
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Poisson; by its normal limit above 500. */
  poisson(rate: number): number {
    if (rate > 500) return Math.max(0, Math.round(this.normal(rate, Math.sqrt(rate))));
    let left = this.uniform(), term = Math.exp(-rate), k = 0;
    while (left > term && k < 2000) {
      left -= term;
      term *= rate / ++k;
    }
    return k;
  }

  /** `n` values made by `make(index)`. */
  times(n: number, make: (i: number) => number): number[] {
    return Array.from({ length: n }, (_, i) => make(i));
  }

  /** Autoregressive noise of lag 1 with this stationary deviation. */
  autoregressive(n: number, memory: number, deviation: number): number[] {
    const values = [this.normal(0, deviation)], step = deviation * Math.sqrt(1 - memory * memory);
    for (let i = 1; i < n; i++) values.push(memory * values[i - 1]! + this.normal(0, step));
    return values.slice(0, n);
  }
}
