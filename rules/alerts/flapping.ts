/** Alerts that come and go: after the third time within an hour, one is held until it has been quiet for long. */

const WITHIN_SECONDS = 3600;
const TIMES = 3;
const HOLD_SECONDS = 15 * 60;
/** Subjects remembered; the one that fired longest ago is forgotten first. */
const REMEMBERED = 256;

export class Flapping {
  readonly #firings = new Map<string, number[]>();

  /** Notes that the alert fires; true where it has come often enough to be held. */
  fired(key: string, now: number): boolean {
    const times = (this.#firings.get(key) ?? []).filter((time) => now - time < WITHIN_SECONDS).slice(
      -TIMES + 1,
    );
    times.push(now);
    this.#firings.delete(key);
    this.#firings.set(key, times);
    if (this.#firings.size > REMEMBERED) this.#firings.delete(this.#firings.keys().next().value!);
    return times.length >= TIMES;
  }

  /** How long the alert's condition must be gone before it ends. */
  holdSeconds(key: string, ruleSeconds: number, now: number): number {
    const times = this.#firings.get(key);
    if (times === undefined || times.length < TIMES || now - times[0]! > 2 * WITHIN_SECONDS) {
      return ruleSeconds;
    }
    return Math.max(ruleSeconds, HOLD_SECONDS);
  }

  toJSON(): [string, number[]][] {
    return [...this.#firings];
  }

  restore(entries: readonly [string, number[]][]): void {
    for (const [key, times] of entries.slice(-REMEMBERED)) this.#firings.set(key, times.slice(-TIMES));
  }
}
