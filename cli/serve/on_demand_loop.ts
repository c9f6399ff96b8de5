/** Runs the watch loop while somebody looks, and rests while nobody does. */

import type { LiveView } from "../../ui/server/live_view.ts";
import { type Observer, type SampleSource, watch } from "../sample_loop.ts";

/** How often it asks whether anybody still looks. */
const ASK_SECONDS = 5;

/** `observers` see each sample before the page does. Returns when the signal aborts. */
export async function watchWhileSeen(
  live: LiveView,
  source: SampleSource,
  observers: readonly Observer[],
  intervalSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await live.audience.arrival(signal);
    if (signal.aborted) return;
    const alone = new AbortController();
    const timer = setInterval(() => {
      if (!live.audience.isPresent()) alone.abort();
    }, ASK_SECONDS * 1000);
    try {
      await watch({
        source,
        interval_seconds: intervalSeconds,
        duration_seconds: null,
        signal: AbortSignal.any([signal, alone.signal]),
        observers: [...observers.map(withoutEnd), { observe: (sample) => live.observe(sample) }],
      });
    } finally {
      clearInterval(timer);
    }
  }
}

/** The end of one stretch of looking is not the end of watching. */
const withoutEnd = (observer: Observer): Observer => ({ observe: (sample) => observer.observe(sample) });
