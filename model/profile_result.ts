/** What every method answers: one shape, in the names of the JSON that is printed. */

/**
 * What the figures of a site are, and all that may be claimed of them. `outstanding`: allocated in the window and not freed
 * in it, which a cache being refilled is too. `live-sampled`: alive at the end of the window by the runtime's own sampling.
 * `instance-growth`: more objects of a type than before. `touched`: who first wrote to new pages, often a healthy
 * neighbour. `resident-growth`: where in the address space memory was added. `part-growth`: which part of its memory grew, by the
 * runtime's own counters. `open-descriptors`: what was opened and not closed. `not-referenced`: memory that was not touched in the
 * window.
 */
export type Meaning =
  | "outstanding"
  | "live-sampled"
  | "instance-growth"
  | "touched"
  | "resident-growth"
  | "part-growth"
  | "open-descriptors"
  | "not-referenced";

/**
 * What `growth_bytes` was measured on: `rss` is RssAnon + VmSwap of the process, `heap` the runtime's own figure of its
 * heap, `outstanding` the sum of what the method itself recorded (no independent figure: `coverage` is then null).
 */
export type GrowthSource = "rss" | "heap" | "outstanding";

/** One line of code, type or mapping that grows. Names come from the target: hostile. */
export interface ProfileSite {
  /** Innermost frame first, `function file:line` as far as known; empty where only a type is known. */
  stack: string[];
  /** Class, constructor or kind of mapping; null where only a stack is known. */
  type: string | null;
  /** null where only counts are sound (Python's untracked objects, JFR samples). */
  live_bytes: number | null;
  /** Objects, allocations or samples; null where nothing was counted. */
  count: number | null;
  /** 0 to 1 of what the method recorded; null where it cannot be said. */
  share: number | null;
  /** Who keeps it alive, nearest first, as the runtime tells: `Object[] via .elementData <- ArrayList via .audit`. */
  held_by: string | null;
}

/** What it cost the target, as measured; null where it was not measured. */
export interface ProfileCost {
  /** Longest time for which the target stood still. */
  pause_ms: number | null;
  /** 2.5: it ran two and a half times slower during the window. */
  slowdown: number | null;
  /** What stays in the target or on the machine, one phrase each. */
  left_behind: string[];
}

/** The answer of one method on one process (or on one thread of it with a heap of its own: see `part`). */
export interface ProfileResult {
  method: string;
  pid: number;
  /** RFC 3339: when the target began, so that the result is never taken for another process's. */
  start_time: string;
  /** Length of the window in which growth was measured and sites were recorded. */
  seconds: number;
  /** A heap of its own inside the process: `worker 3 leak_worker.js`; null is the main one. Hostile. */
  part: string | null;
  /** null where it could not be read. */
  growth_bytes: number | null;
  growth_source: GrowthSource;
  meaning: Meaning;
  /** Share of the growth of the same seconds that the sites explain, 0 to 1; null where it cannot be said. */
  coverage: number | null;
  lost_events: number;
  /** Largest first; at most MAX_SITES. */
  sites: ProfileSite[];
  cost: ProfileCost;
  /** What a reader must know to read this rightly, one sentence each. */
  warnings: string[];
}
