/**
 * The one loop behind `analyze`, `monitor`, `boot`, the live page and replay: samples go through the pipeline, and what comes
 * out of it to the observers, each of which sees the same value whatever their order.
 */

import type { Evaluation } from "../model/evaluation.ts";
import type { Sample } from "../model/sample.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";

export type EndReason = "duration" | "stopped" | "error";

/** What reads the machine: the collectors' Sampler, or a made-up one in tests. */
export interface SampleSource {
  readonly sample: Sample;
  take(force?: boolean): Sample;
  close(): void;
}

/** Something at the loop's end: a log writer, a progress line, the live page. */
export interface Observer {
  observe(evaluation: Evaluation): void | Promise<void>;
  /** `final`: all that is known at the last sample, of this very moment; null without one, or after an error. */
  close?(reason: EndReason, final: Evaluation | null): void | Promise<void>;
}

export interface LoopOptions {
  pipeline: { evaluate(sample: Sample): Evaluation; conclude?(sample: Sample): Evaluation };
  observers: readonly Observer[];
  /** Sees each sample after all observers are done with it. */
  last?: Observer | null;
}

export interface WatchOptions extends LoopOptions, Schedule {}

export interface Schedule {
  source: SampleSource;
  interval_seconds: number;
  /** null: until the signal aborts. */
  duration_seconds: number | null;
  signal: AbortSignal;
  clock?: Clock;
  /** Where the axis of an earlier run ended that this one goes on with: the wall clock may have been set back since. */
  not_before_seconds?: number;
}

export interface WatchEnd {
  reason: EndReason;
  samples: number;
  elapsed_seconds: number;
}

/** Watches the machine until the duration is over or the signal aborts; the window's last sample is taken in either case. */
export async function watch(options: WatchOptions): Promise<WatchEnd> {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const start = clock.monotonicSeconds();
  const samples = await observeAll(
    scheduled(options),
    options,
    () => options.signal.aborted ? "stopped" : "duration",
  );
  return {
    reason: options.signal.aborted ? "stopped" : "duration",
    samples,
    elapsed_seconds: clock.monotonicSeconds() - start,
  };
}

/** Takes all samples through the pipeline to the observers, and closes these; resolves to their number. */
export async function observeAll(
  samples: AsyncIterable<Sample>,
  { pipeline, observers, last }: LoopOptions,
  reasonAtEnd: () => EndReason = () => "duration",
): Promise<number> {
  const all = last ? [...observers, last] : observers;
  let count = 0;
  let reason: EndReason = "error";
  let final: Evaluation | null = null;
  let latest: Sample | null = null;
  try {
    for await (const sample of samples) {
      latest = sample;
      const evaluation = pipeline.evaluate(sample);
      count++;
      for (const observer of all) await observer.observe(evaluation);
    }
    reason = reasonAtEnd();
    if (latest) final = pipeline.conclude?.(latest) ?? null;
  } finally {
    for (const observer of all) await observer.close?.(reason, final);
  }
  return count;
}

/** Wall and monotonic clock may differ this much between two samples before it counts as a gap (NTP slews less). */
const JUMP_SECONDS = 2;

/**
 * Samples at start + k·interval on the monotonic clock, so the schedule does not drift; a sample that comes late is taken late
 * and says so; slots that were missed altogether are left out, not made up. A suspend or a jump of the wall clock marks
 * the next sample as lying behind a gap.
 */
async function* scheduled(options: Schedule): AsyncGenerator<Sample> {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const { source, interval_seconds: interval, duration_seconds: duration, signal } = options;
  const start = clock.monotonicSeconds();
  let lastMonotonic = start;
  let lastWall = clock.wallSeconds();
  let seriesTime = Math.max(lastWall, options.not_before_seconds ?? -Infinity);
  for (let slot = 0, isFirst = true, isLast = false; !isLast; isFirst = false) {
    const due = start + slot * interval;
    // Timers count whole milliseconds and may fire early; a window that ends early would be too short to be judged.
    do await clock.sleep(due - clock.monotonicSeconds(), signal); while (
      clock.monotonicSeconds() < due && !signal.aborted
    );
    const now = clock.monotonicSeconds();
    const wall = clock.wallSeconds();
    const jump = (wall - lastWall) - (now - lastMonotonic);
    isLast = signal.aborted || (duration !== null && slot * interval >= duration - 1e-6);

    // A suspend is time that passed for the machine's owner though not for its programs: the axis skips over it.
    seriesTime += (now - lastMonotonic) + (jump > JUMP_SECONDS ? jump : 0);
    const sample = source.sample;
    sample.time_seconds = seriesTime;
    sample.wall_seconds = wall;
    sample.discontinuity = !isFirst && Math.abs(jump) > JUMP_SECONDS;
    sample.lag_seconds = Math.max(0, now - due);
    source.take(isFirst || isLast);
    yield sample;

    lastMonotonic = now;
    lastWall = wall;
    slot = Math.max(slot + 1, Math.floor((clock.monotonicSeconds() - start) / interval));
    // The window ends on time even where its length is no multiple of the interval.
    if (duration !== null && slot * interval > duration) slot = duration / interval;
  }
}
