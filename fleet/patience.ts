/** Waiting on a server: for an answer that does not come, and before it is asked again. */

import { FleetError } from "./errors.ts";

/** Aborts where nothing has come for so long. */
export class IdleTimer {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();
  isOver = false;

  constructor(seconds: number) {
    this.#timer = setInterval(() => {
      if (performance.now() - this.#last < seconds * 1000) return;
      this.isOver = true;
      this.#controller.abort();
    }, Math.min(1000, seconds * 250));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  touch(): void {
    this.#last = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Waits; throws FleetError where everything is to end. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new FleetError("stopped", stopText(signal)));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Why everything is to end. */
export const stopText = (signal: AbortSignal): string =>
  typeof signal.reason === "string" ? signal.reason : "stopped before it was read";
