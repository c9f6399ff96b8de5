/** The clocks that the watch loop lives by; tests put a fake one in their place. */
export interface Clock {
  /** Seconds that never go back and stand still while the machine is suspended (CLOCK_MONOTONIC). */
  monotonicSeconds(): number;
  /** Unix seconds; may jump. */
  wallSeconds(): number;
  /** Resolves after the time, after a day where it is longer, or at once when the signal aborts. Never rejects. */
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
}

/** setTimeout counts milliseconds in 32 bits: longer ones would fire at once. */
const MAX_SLEEP_SECONDS = 86_400;

export const SYSTEM_CLOCK: Clock = {
  monotonicSeconds: () => performance.now() / 1000,
  wallSeconds: () => Date.now() / 1000,
  sleep: (seconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted || seconds <= 0) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(seconds, MAX_SLEEP_SECONDS) * 1000);
      signal.addEventListener("abort", wake);
    }),
};
