import { formatAmount, formatSpan } from "../../model/format.ts";
import type { WorkMark } from "./growth_profile.ts";

/** What a process has done since its start: seconds of CPU, bytes read and written, pages faulted in; null where hidden. */
export interface Work {
  cpu_seconds: number | null;
  io_bytes: number | null;
  faults: number | null;
}

/** Below this share of one CPU, and below this share of the growth read and written, a process does nothing to speak of. */
const IDLE_CPU = 0.02, IDLE_IO = 0.1;
const CHECKPOINTS = 32;
/** What it did lately is remembered more closely: a mark a minute, over a little more than growth profiles look back. */
const RECENT_MARKS = 12, RECENT_SPACING_SECONDS = 59;

/** Remembers a process's counters at up to 32 times, ever further apart, to say what it did in any window. */
export class ActivityMeter {
  #checkpoints: (Work & { at: number })[] = [];
  #spacing = 0;
  #recent: WorkMark[] = [];

  get started(): boolean {
    return this.#checkpoints.length > 0;
  }

  /** To be called with each sample of a growing process; keeps few. */
  mark(at: number, work: Work): void {
    if (work.cpu_seconds !== null) this.#markRecent({ at, cpu_seconds: work.cpu_seconds });
    const last = this.#checkpoints.at(-1);
    if (last && at - last.at < this.#spacing) return;
    if (work.cpu_seconds === null) return;
    this.#checkpoints.push({ at, ...work });
    if (this.#checkpoints.length <= CHECKPOINTS) return;
    this.#checkpoints = this.#checkpoints.filter((_, i) => i % 2 === 0);
    this.#spacing = Math.max(
      1,
      (this.#checkpoints.at(-1)!.at - this.#checkpoints[0]!.at) / (CHECKPOINTS / 2),
    );
  }

  /** Its CPU time over the last minutes, oldest first. */
  get recent(): readonly WorkMark[] {
    return this.#recent;
  }

  #markRecent(mark: WorkMark): void {
    const last = this.#recent.at(-1);
    if (last && mark.at - last.at < RECENT_SPACING_SECONDS) return;
    this.#recent.push(mark);
    if (this.#recent.length > RECENT_MARKS) this.#recent.shift();
  }

  /** What it did in about the last `windowSeconds`; null where nothing is known. */
  since(now: number, current: Work, windowSeconds: number): Activity | null {
    const from = this.#checkpoints.findLast((mark) => mark.at <= now - windowSeconds) ?? this.#checkpoints[0];
    if (!from || now - from.at <= 0) return null;
    const difference = (to: number | null, of: number | null) =>
      to === null || of === null ? null : Math.max(0, to - of);
    const seconds = now - from.at, cpu = difference(current.cpu_seconds, from.cpu_seconds);
    return {
      seconds,
      cpu_share: cpu === null ? null : cpu / seconds,
      io_bytes: difference(current.io_bytes, from.io_bytes),
      faults: difference(current.faults, from.faults),
    };
  }
}

export interface Activity {
  seconds: number;
  /** Share of one CPU; 2 on two busy CPUs. */
  cpu_share: number | null;
  io_bytes: number | null;
  faults: number | null;
}

/** Whether growth came without work: the thing users ask about. */
export function grewWhileIdle(done: Activity | null, growthBytes: number): boolean {
  if (!done || done.cpu_share === null || done.cpu_share > IDLE_CPU) return false;
  return done.io_bytes === null || done.io_bytes <= IDLE_IO * Math.max(0, growthBytes);
}

/** "it used 0.3 % of a CPU and read and wrote 12 KiB in those 55 min", or nothing where nothing is known. */
export function activityMessage(done: Activity | null, growthBytes: number): string {
  if (!done || done.cpu_share === null) return "";
  const cpu = `${(100 * done.cpu_share).toFixed(done.cpu_share < 0.0995 ? 1 : 0)} % of a CPU`;
  const io = done.io_bytes === null ? "" : ` and read and wrote ${formatAmount(done.io_bytes, "bytes")}`;
  const used = `${cpu}${io} in ${formatSpan(done.seconds)}`;
  return grewWhileIdle(done, growthBytes) ? `while nearly idle (${used})` : `it used ${used}`;
}
