/** The one time axis of a screen: range, zoom and cursor, shared by all its charts, kept in the address. */

import { computed, signal } from "@preact/signals";
import { change, isLive, query } from "./address.ts";
import { now } from "./live.ts";

export const RANGES = [
  { name: "15m", label: "15 min", seconds: 900 },
  { name: "1h", label: "1 h", seconds: 3600 },
  { name: "6h", label: "6 h", seconds: 21_600 },
  { name: "24h", label: "24 h", seconds: 86_400 },
  { name: "all", label: "all", seconds: Infinity },
] as const;

export interface TimeRange {
  from: number;
  to: number;
}

/** Range of a recorded session; set when it is opened. */
export const recorded = signal<TimeRange | null>(null);

export const rangeName = computed(() => {
  const name = query.value.get("range");
  const fallback = isLive.value ? "15m" : "all";
  return RANGES.find((range) => range.name === name)?.name ?? fallback;
});

/** A part one has zoomed into; null: the whole range, which moves along with time. */
export const zoom = computed<TimeRange | null>(() => {
  const from = Number(query.value.get("from")), to = Number(query.value.get("to"));
  return from > 0 && to > from ? { from, to } : null;
});

/** Less is not shown: the first samples would be a wall. */
const YOUNGEST_SECONDS = 60;
/** Room for where a leak leads. */
const AHEAD = 0.12;
const looksAhead = computed(() =>
  isLive.value &&
  (now.value?.suspects.some((suspect) => suspect.verdict === "leak" && suspect.unit === "bytes") ?? false)
);

/** The range that would be shown without a zoom. Rounded to whole seconds. */
export const whole = computed<TimeRange>(() => {
  const seconds = RANGES.find((range) => range.name === rangeName.value)!.seconds;
  const extent = isLive.value
    ? { from: now.value?.view.from_seconds ?? 0, to: now.value?.time_seconds ?? Date.now() / 1000 }
    : recorded.value ?? { from: 0, to: 0 };
  // A young history fills the chart and grows into the range that was asked for.
  const from = Math.max(extent.from, extent.to - seconds);
  const to = Math.max(extent.to, from + YOUNGEST_SECONDS);
  return { from: Math.floor(from), to: Math.ceil(to + (looksAhead.value ? (to - from) * AHEAD : 0)) };
});

export const shown = computed<TimeRange>(() => zoom.value ?? whole.value);

/** Where two sessions laid over each other begin: times are shown as counted from it. Null: times of day. */
export const origin = signal<number | null>(null);

/**
 * The range as the server is asked for it. Without a zoom it is told how much, not from when to when: the page does not have to
 * know the time of what it is about to load.
 */
export const asked = computed<{ from?: string; to?: string; last?: string }>(() => {
  if (zoom.value) return { from: zoom.value.from.toFixed(0), to: zoom.value.to.toFixed(0) };
  const { seconds } = RANGES.find((range) => range.name === rangeName.value)!;
  return seconds === Infinity ? {} : { last: String(seconds) };
});

/** Moment under the pointer or the keyboard's cursor; null: the newest. */
export const cursor = signal<number | null>(null);

const MIN_SECONDS = 4;

export function zoomTo(range: TimeRange | null, push = false): void {
  if (range === null) return change({ from: null, to: null }, push);
  const width = Math.max(MIN_SECONDS, range.to - range.from);
  const from = Math.max(1, range.from);
  change({ from: from.toFixed(0), to: (from + width).toFixed(0) }, push);
}

/** Pans by a share of what is shown. */
export function pan(part: number): void {
  const { from, to } = shown.value;
  const by = (to - from) * part;
  zoomTo({ from: from + by, to: to + by });
}

/** Narrower with a factor below one, around the cursor or the middle; as wide as the whole range at most. */
export function scale(factor: number): void {
  const { from, to } = shown.value;
  const all = whole.value;
  const width = (to - from) * factor;
  if (width >= all.to - all.from) return zoomTo(null);
  const around = cursor.value ?? (from + to) / 2;
  const part = (around - from) / (to - from);
  zoomTo({ from: around - width * part, to: around + width * (1 - part) });
}

/** Keys that charts take; true where the key was one. */
export function steer(key: string): boolean {
  switch (key) {
    case "ArrowLeft":
      pan(-0.2);
      return true;
    case "ArrowRight":
      pan(0.2);
      return true;
    case "+":
    case "=":
      scale(0.5);
      return true;
    case "-":
      scale(2);
      return true;
    case "0":
    case "Escape":
    case "CgroupContext":
      zoomTo(null);
      return true;
  }
  return false;
}
