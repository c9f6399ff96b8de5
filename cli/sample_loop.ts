/**
 * The one loop behind `analyze`, `monitor`, `boot` and the live page: sample on schedule, hand each sample to observers.
 *
 * The schedule is start + k·interval on the monotonic clock, so it does not drift; a sample that comes late is taken late
 * and says so; slots that were missed altogether are left out, not made up. A suspend or a jump of the wall clock marks
 * the next sample as lying behind a gap.
 */

import type { Sample } from "../model/sample.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";

export type EndReason = "duration" | "stopped" | "error";

/** What reads the machine: collectors' Sampler, or a recording in tests. */
export interface SampleSource {
  readonly sample: Sample;
  take(everything?: boolean): Sample;
  close(): void;
}

/** Something at the loop's end: a judge, a log writer, a progress line, the live page. */
export interface Observer {
  observe(sample: Sample): void | Promise<void>;
  close?(reason: EndReason): void | Promise<void>;
}

export interface WatchOptions {
  source: SampleSource;
  interval_seconds: number;
  /** null: until the signal aborts. */
  duration_seconds: number | null;
  signal: AbortSignal;
  observers: readonly Observer[];
  clock?: Clock;
  /** Where the axis of an earlier run ended that this one goes on with: the wall clock may have been set back since. */
  not_before_seconds?: number;
}

export interface WatchEnd {
  reason: EndReason;
  samples: number;
  elapsed_seconds: number;
}

/** Wall and monotonic clock may differ this much between two samples before it counts as a gap (NTP slews less). */
const JUMP_SECONDS = 2;

/** Runs until the duration is over or the signal aborts; the window's last sample is taken in either case. */
export async function watch(options: WatchOptions): Promise<WatchEnd> {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const { source, interval_seconds: interval, duration_seconds: duration, signal, observers } = options;
  const start = clock.monotonicSeconds();
  let lastMonotonic = start;
  let lastWall = clock.wallSeconds();
  let seriesTime = Math.max(lastWall, options.not_before_seconds ?? -Infinity);
  let samples = 0;
  let slot = 0;
  let reason: EndReason = "duration";

  try {
    while (true) {
      const due = start + slot * interval;
      // Timers count whole milliseconds and may fire early; a window that ends early would be too short to be judged.
      do await clock.sleep(due - clock.monotonicSeconds(), signal); while (
        clock.monotonicSeconds() < due && !signal.aborted
      );
      const now = clock.monotonicSeconds();
      const wall = clock.wallSeconds();
      const jump = (wall - lastWall) - (now - lastMonotonic);
      const isLast = signal.aborted || (duration !== null && slot * interval >= duration - 1e-6);

      // A suspend is time that passed for the machine's owner though not for its programs: the axis skips over it.
      seriesTime += (now - lastMonotonic) + (jump > JUMP_SECONDS ? jump : 0);
      const sample = source.sample;
      sample.time_seconds = seriesTime;
      sample.wall_seconds = wall;
      sample.discontinuity = samples > 0 && Math.abs(jump) > JUMP_SECONDS;
      sample.lag_seconds = Math.max(0, now - due);
      source.take(samples === 0 || isLast);
      samples++;
      for (const observer of observers) await observer.observe(sample);

      lastMonotonic = now;
      lastWall = wall;
      if (isLast) break;
      slot = Math.max(slot + 1, Math.floor((clock.monotonicSeconds() - start) / interval));
      // The window ends on time even where its length is no multiple of the interval.
      if (duration !== null && slot * interval > duration) slot = duration / interval;
    }
    if (signal.aborted) reason = "stopped";
  } catch (error) {
    reason = "error";
    throw error;
  } finally {
    for (const observer of observers) await observer.close?.(reason);
  }
  return { reason, samples, elapsed_seconds: clock.monotonicSeconds() - start };
}
