/**
 * What a summary needs from a session's past. Its size follows the number of processes and suspects, not of samples.
 */

import { processLeakableBytes } from "../../model/leakable.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import type { Alert, Finding } from "../../model/finding.ts";
import { RunningStats } from "./running_stats.ts";

/** A suspect that is none any more. */
export interface EarlierSuspect {
  finding: Finding;
  /** Why it was withdrawn, where the detector said so. */
  withdrawn: string | null;
  first_seconds: number;
  last_seconds: number;
}

interface FirstSeen {
  start_ticks: number;
  exec_count: number;
  memory_bytes: number;
  time_seconds: number;
  pass: number;
}

/** A summary lists no more than this of each. */
const MAX_ALERTS = 200;
const MAX_SUSPECTS = 100;
/** A sample counts as late from this share of a second on: timers of a busy machine. */
const LATE_SECONDS = 0.5;

export class SessionStats {
  started_wall_seconds: number | null = null;
  last_wall_seconds = 0;
  samples = 0;
  gaps = 0;
  late_samples = 0;
  latest_seconds = 0;
  readonly running = {
    used: new RunningStats(),
    available: new RunningStats(),
    cached: new RunningStats(),
    anon: new RunningStats(),
    slab: new RunningStats(),
    unaccounted: new RunningStats(),
    swap_used: new RunningStats(),
    /** Monotone counters: only their change means something. */
    swap_in: new RunningStats(),
    swap_out: new RunningStats(),
    oom_kills: new RunningStats(),
    stall_some: new RunningStats(),
    stall_full: new RunningStats(),
  };
  /** Oldest first. */
  readonly alert_changes: { wall_seconds: number; alert: Alert }[] = [];
  alert_changes_dropped = 0;
  readonly #suspects = new Map<string, EarlierSuspect>();
  readonly #firstSeen = new Map<number, FirstSeen>();

  observe(sample: Sample, findings: readonly Finding[], alerts: readonly Alert[]): void {
    this.samples++;
    this.started_wall_seconds ??= sample.wall_seconds;
    this.last_wall_seconds = sample.wall_seconds;
    if (sample.discontinuity) this.gaps++;
    if (sample.lag_seconds > LATE_SECONDS) this.late_samples++;
    this.latest_seconds = Math.max(this.latest_seconds, sample.lag_seconds);
    this.#addFigures(sample);
    this.#addSuspects(findings, sample.wall_seconds);
    for (const alert of alerts) {
      this.alert_changes.push({ wall_seconds: sample.wall_seconds, alert: { ...alert } });
    }
    while (this.alert_changes.length > MAX_ALERTS) {
      this.alert_changes.shift();
      this.alert_changes_dropped++;
    }
    this.#seeProcesses(sample);
  }

  /** Suspects of earlier that are no longer among `now`, last seen first. */
  earlierSuspects(now: readonly Finding[]): EarlierSuspect[] {
    const current = new Set(now.filter(isSuspect).map(keyOf));
    return [...this.#suspects].filter(([key]) => !current.has(key)).map(([, suspect]) => suspect)
      .sort((a, b) => b.last_seconds - a.last_seconds);
  }

  /** Growth of a process since this session first saw it; null for one that was never seen before. */
  growthOf(process: ProcessSample): number | null {
    const first = this.#firstSeen.get(process.pid);
    return first?.start_ticks === process.start_ticks && first.exec_count === process.exec_count
      ? processLeakableBytes(process) - first.memory_bytes
      : null;
  }

  #addFigures({ memory, vmstat, pressure }: Sample): void {
    const { running } = this;
    if (memory) {
      running.used.add(memory.total_bytes - memory.available_bytes);
      running.available.add(memory.available_bytes);
      running.cached.add(memory.cached_bytes);
      running.anon.add(memory.anon_bytes);
      running.slab.add(memory.slab_bytes);
      running.unaccounted.add(memory.unaccounted_bytes);
      running.swap_used.add(memory.swap_total_bytes - memory.swap_free_bytes);
    }
    running.swap_in.add(vmstat?.swap_in_bytes);
    running.swap_out.add(vmstat?.swap_out_bytes);
    running.oom_kills.add(vmstat?.oom_kills);
    running.stall_some.add(pressure?.memory?.some.total_microseconds);
    running.stall_full.add(pressure?.memory?.full?.total_microseconds);
  }

  #addSuspects(findings: readonly Finding[], wallSeconds: number): void {
    for (const finding of findings) {
      const key = keyOf(finding);
      const before = this.#suspects.get(key);
      // A withdrawn finding is listed for an hour; the summary keeps its reason.
      if (before && finding.withdrawn) before.withdrawn = finding.withdrawn;
      if (!isSuspect(finding)) continue;
      if (before) {
        before.finding = finding;
        before.withdrawn = null;
        before.last_seconds = wallSeconds;
      } else if (this.#suspects.size < MAX_SUSPECTS) {
        this.#suspects.set(key, {
          finding,
          withdrawn: null,
          first_seconds: wallSeconds,
          last_seconds: wallSeconds,
        });
      }
    }
  }

  #seeProcesses({ processes, time_seconds }: Sample): void {
    const sweeps = this.samples % 32 === 0;
    for (const process of processes) {
      if (process.is_stale && !sweeps) continue;
      const first = this.#firstSeen.get(process.pid);
      if (first?.start_ticks === process.start_ticks && first.exec_count === process.exec_count) {
        first.pass = this.samples;
        continue;
      }
      this.#firstSeen.set(process.pid, {
        start_ticks: process.start_ticks,
        exec_count: process.exec_count,
        memory_bytes: processLeakableBytes(process),
        time_seconds,
        pass: this.samples,
      });
    }
    if (!sweeps) return;
    for (const [pid, first] of this.#firstSeen) {
      if (first.pass !== this.samples) this.#firstSeen.delete(pid);
    }
  }
}

/** What a leak shows in: anonymous and shared memory, resident or swapped. */

export const isSuspect = (finding: Finding): boolean =>
  finding.verdict === "leak" || finding.verdict === "growing";

const keyOf = ({ kind, subject }: Finding): string =>
  `${kind} ${subject.pid ?? ""} ${subject.start_ticks ?? ""} ${subject.container ?? ""} ${subject.name}`;
