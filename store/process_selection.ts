/**
 * Which processes get a row in the process log: at the first sample all of them; then the largest by resident set, every
 * suspect and leakwatch itself at each sample, and others when they changed noticeably since their last row.
 */

import type { ProcessSample } from "../model/sample.ts";
import type { ProcessItem } from "./tables/processes.ts";

/** A change counts from the larger of these: a share of what was logged last, and a floor against chatter. */
const NOTICEABLE_SHARE = 0.1;
const NOTICEABLE_BYTES = 1024 * 1024;
const NOTICEABLE_DESCRIPTORS = 32;
const NOTICEABLE_THREADS = 8;
/** The command line is written in full again after this long. */
const COMMAND_SECONDS = 3600;
const COMMAND_FULL = 4096;
const COMMAND_SHORT = 40;

/** Who is gone is forgotten at every so many samples. */
const SWEEP_PASSES = 16;

interface Logged {
  start_ticks: number;
  exec_count: number;
  rss_bytes: number;
  leakable_bytes: number;
  open_descriptors: number;
  threads: number;
  command_at_seconds: number;
  first_pass: number;
  pass: number;
}

export interface SelectionOptions {
  top: number;
  hide_arguments: boolean;
  /** Logged at each sample, whatever their size: leakwatch's own. */
  own_pid: number;
}

export class ProcessSelection {
  readonly #options: SelectionOptions;
  readonly #logged = new Map<number, Logged>();
  #pass = 0;

  constructor(options: SelectionOptions) {
    this.#options = options;
  }

  /** Rows for this sample, largest first. `suspects` holds pids by start time: pid → start_ticks. */
  select(
    processes: readonly ProcessSample[],
    suspects: ReadonlyMap<number, number>,
    timeSeconds: number,
  ): ProcessItem[] {
    this.#pass++;
    const floor = this.#floorOfTop(processes);
    const chosen: ProcessSample[] = [];
    const changed: ProcessSample[] = [];
    let atFloor = this.#options.top;
    const sweeps = this.#pass % SWEEP_PASSES === 0;
    for (const process of processes) if (process.rss_bytes > floor) atFloor--;
    for (const process of processes) {
      // Who was not read has not changed since it was last looked at here; suspects are always read.
      if (process.is_stale && process.rss_bytes < floor && !sweeps) continue;
      const logged = this.#loggedOf(process);
      if (
        this.#pass === 1 || process.rss_bytes > floor || (process.rss_bytes === floor && atFloor-- > 0) ||
        process.pid === this.#options.own_pid || suspects.get(process.pid) === process.start_ticks
      ) chosen.push(process);
      else if (logged.first_pass < this.#pass && isNoticeable(process, logged)) changed.push(process);
    }
    // A storm of processes must not fill the disk.
    if (changed.length > this.#options.top) {
      changed.sort((a, b) => this.#change(b) - this.#change(a)).length = this.#options.top;
    }
    if (sweeps) this.#forgetGone();
    return [...chosen, ...changed].sort((a, b) => b.rss_bytes - a.rss_bytes)
      .map((process) => this.#item(process, timeSeconds));
  }

  /** The resident set of the last process that is in the top. */
  #floorOfTop(processes: readonly ProcessSample[]): number {
    const { top } = this.#options;
    if (processes.length <= top) return -1;
    const largest: number[] = [];
    for (const { rss_bytes } of processes) {
      if (largest.length === top && rss_bytes <= largest[top - 1]!) continue;
      let at = Math.min(largest.length, top - 1);
      for (; at > 0 && largest[at - 1]! < rss_bytes; at--) largest[at] = largest[at - 1]!;
      largest[at] = rss_bytes;
    }
    return largest.at(-1)!;
  }

  /** What was logged of this very process; another one with its pid starts from nothing. */
  #loggedOf(process: ProcessSample): Logged {
    let logged = this.#logged.get(process.pid);
    if (!logged || logged.start_ticks !== process.start_ticks || logged.exec_count !== process.exec_count) {
      logged = {
        start_ticks: process.start_ticks,
        exec_count: process.exec_count,
        rss_bytes: 0,
        leakable_bytes: 0,
        open_descriptors: 0,
        threads: 0,
        command_at_seconds: -Infinity,
        first_pass: this.#pass,
        pass: this.#pass,
      };
      this.#logged.set(process.pid, logged);
    }
    logged.pass = this.#pass;
    return logged;
  }

  #change(process: ProcessSample): number {
    const logged = this.#logged.get(process.pid)!;
    return Math.abs(process.rss_bytes - logged.rss_bytes) +
      Math.abs(privateBytes(process) - logged.leakable_bytes);
  }

  #item(process: ProcessSample, timeSeconds: number): ProcessItem {
    const logged = this.#logged.get(process.pid)!;
    logged.rss_bytes = process.rss_bytes;
    logged.leakable_bytes = privateBytes(process);
    logged.open_descriptors = process.open_descriptors ?? logged.open_descriptors;
    logged.threads = process.threads ?? logged.threads;
    // Not for what is seen the first time: most of that is gone before the next sample.
    const isDue = (logged.first_pass < this.#pass || this.#pass === 1) &&
      timeSeconds - logged.command_at_seconds >= COMMAND_SECONDS;
    if (isDue) logged.command_at_seconds = timeSeconds;
    return {
      process,
      command_length: this.#options.hide_arguments ? 0 : isDue ? COMMAND_FULL : COMMAND_SHORT,
    };
  }

  #forgetGone(): void {
    for (const [pid, logged] of this.#logged) {
      if (logged.pass !== this.#pass) this.#logged.delete(pid);
    }
  }
}

/** What leaks are made of: anonymous memory, here or in swap. */
const privateBytes = (process: ProcessSample): number => process.anon_bytes + (process.swap_bytes ?? 0);

function isNoticeable(process: ProcessSample, logged: Logged): boolean {
  return differs(process.rss_bytes, logged.rss_bytes, NOTICEABLE_BYTES) ||
    differs(privateBytes(process), logged.leakable_bytes, NOTICEABLE_BYTES) ||
    differs(
      process.open_descriptors ?? logged.open_descriptors,
      logged.open_descriptors,
      NOTICEABLE_DESCRIPTORS,
    ) ||
    differs(process.threads ?? logged.threads, logged.threads, NOTICEABLE_THREADS);
}

const differs = (now: number, before: number, floor: number): boolean =>
  Math.abs(now - before) >= Math.max(floor, before * NOTICEABLE_SHARE);
