/** The connection to the server: the newest state of this machine, and whether it still comes. */

import { computed, signal } from "@preact/signals";
import type { NowReply } from "./api.ts";
import { firstNow } from "./initial_state.ts";

/** `lost`: the server does not answer; `late`: it is connected, but samples stay away. */
export type Link = "connecting" | "live" | "late" | "lost";

export const now = signal<NowReply | null>(firstNow);
/** Milliseconds; ticks once a second, for what says how long ago something was. */
export const clock = signal(Date.now());
const isOpen = signal(false);
const wasOpen = signal(false);
const heardAt = signal(0);
/** Counts connections made again: what is shown from before may have holes. */
export const connections = signal(0);

export const link = computed<Link>(() => {
  if (!isOpen.value) return wasOpen.value ? "lost" : "connecting";
  const interval = (now.value?.view.interval_seconds ?? 2) * 1000;
  return clock.value - heardAt.value > Math.max(10_000, 4 * interval) ? "late" : "live";
});

/** Seconds since the last sign of life. */
export const silence = computed(() =>
  heardAt.value === 0 ? 0 : Math.max(0, clock.value - heardAt.value) / 1000
);

let source: EventSource | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Listens until `disconnect`. An EventSource comes back by itself, but not after a refusal: that is tried again here. */
export function connect(): void {
  if (source) return;
  source = new EventSource("/api/live");
  source.onopen = () => {
    if (wasOpen.value) connections.value++;
    isOpen.value = wasOpen.value = true;
    heardAt.value = clock.value = Date.now();
  };
  source.addEventListener("now", (event) => {
    heardAt.value = clock.value = Date.now();
    const state = JSON.parse((event as MessageEvent<string>).data) as NowReply;
    // The stream begins with the state that came within the page: it need not be drawn twice.
    if (state.time_seconds !== now.value?.time_seconds) now.value = state;
  });
  source.onerror = () => {
    isOpen.value = false;
    if (source?.readyState !== EventSource.CLOSED) return;
    disconnect();
    retry = setTimeout(connect, 3000);
  };
}

export function disconnect(): void {
  clearTimeout(retry);
  source?.close();
  source = null;
  isOpen.value = false;
}

setInterval(() => clock.value = Date.now(), 1000);
