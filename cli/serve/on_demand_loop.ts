/** Runs the watch loop while somebody looks, and rests while nobody does. */

import type { LiveView } from "../../ui/server/live_view.ts";
import { type Observer, watch, type WatchOptions } from "../sample_loop.ts";

/** How often it asks whether anybody still looks. */
const ASK_SECONDS = 5;

/** Returns when the signal aborts. */
export async function watchOnDemand(
  live: LiveView,
  options: Omit<WatchOptions, "duration_seconds">,
): Promise<void> {
  const { signal, observers } = options;
  while (!signal.aborted) {
    await live.presence.arrival(signal);
    if (signal.aborted) return;
    const alone = new AbortController();
    const timer = setInterval(() => {
      if (!live.presence.isPresent()) alone.abort();
    }, ASK_SECONDS * 1000);
    try {
      await watch({
        ...options,
        duration_seconds: null,
        signal: AbortSignal.any([signal, alone.signal]),
        observers: [...observers.map(withoutEnd), { observe: (evaluation) => live.observe(evaluation) }],
      });
    } finally {
      clearInterval(timer);
    }
  }
}

/** The end of one stretch of looking is not the end of watching. */
const withoutEnd = (observer: Observer): Observer => ({
  observe: (evaluation) => observer.observe(evaluation),
});
