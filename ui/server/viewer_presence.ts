/** Who looks: sampling goes on only while somebody does, and a little longer so that a reload finds its chart. */

const LINGER_SECONDS = 30;
/** A scraper comes back: a verdict needs samples between its visits too. Two visits at five minutes, and one to spare. */
export const SCRAPE_LINGER_SECONDS = 660;

export class ViewerPresence {
  #viewers = 0;
  #until = 0;
  #waiting: (() => void)[] = [];
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  get viewers(): number {
    return this.#viewers;
  }

  /** Somebody listens until the returned function is called. */
  join(): () => void {
    this.#viewers++;
    this.touch();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#viewers--;
      this.touch();
    };
  }

  /** Somebody asked once. */
  touch(linger_seconds = LINGER_SECONDS): void {
    this.#until = Math.max(this.#until, this.#now() + linger_seconds);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  isPresent(): boolean {
    return this.#viewers > 0 || this.#now() < this.#until;
  }

  /** Resolves when somebody looks, or when the signal aborts. */
  arrival(signal: AbortSignal): Promise<void> {
    if (this.isPresent() || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
