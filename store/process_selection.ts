/**
 * Which processes get a row in the process log: at the first sample all of them; then the largest by resident set, every
 * suspect and leakwatch itself at each sample, others when they changed since their last row, and all once an hour. One that
 * ends has a last row that says so.
 */

import { processLeakableBytes } from "../model/leakable.ts";
import type { ProcessSample } from "../model/sample.ts";
import { differs, NOTICEABLE_BYTES, NOTICEABLE_COUNT, SILENT_SECONDS } from "./changed_rows.ts";
import { COMMAND_FULL, COMMAND_SHORT, type ProcessItem, STATE_ENDED } from "./tables/processes.ts";

/** Who has ended is looked for this often; the detector does not look more often either. */
const SWEEP_SECONDS = 4.5;
/** Rows for changes per sample, of this many times the `top`: a storm of processes must not fill the disk. */
const CHANGED_TOPS = 2;

/** What a process's last row said. */
interface Logged {
  process: ProcessSample;
  exec_count: number;
  name: string;
  unit: string | null;
  container: string | null;
  rss_bytes: number;
  leakable_bytes: number | null;
  open_descriptors: number | null;
  threads: number | null;
  mappings: number | null;
  /** -Infinity: it has no row. */
  row_at_seconds: number;
  command_at_seconds: number;
  first_pass: number;
  seen_pass: number;
  /** By how much it changed since its row, in bytes: of many, the most changed get a row. */
  change: number;
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
  #sweptAt = -Infinity;

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
    const { top, own_pid } = this.#options;
    const floor = this.#floorOfTop(processes);
    const chosen: ProcessSample[] = [], changed: Logged[] = [], ended: ProcessSample[] = [];
    let atFloor = top;
    const sweeps = timeSeconds - this.#sweptAt >= SWEEP_SECONDS;
    for (const process of processes) if (process.rss_bytes > floor) atFloor--;
    for (const process of processes) {
      // Who was not read has not changed since it was last looked at here; suspects are always read.
      if (process.is_stale && process.rss_bytes < floor && !sweeps) continue;
      const logged = this.#loggedOf(process, ended);
      logged.seen_pass = this.#pass;
      if (
        this.#pass === 1 || process.rss_bytes > floor || (process.rss_bytes === floor && atFloor-- > 0) ||
        process.pid === own_pid || suspects.get(process.pid) === process.start_ticks ||
        timeSeconds - logged.row_at_seconds >= SILENT_SECONDS && logged.row_at_seconds > -Infinity
      ) chosen.push(process);
      // Most of what is seen the first time is gone before the next sample.
      else if (logged.first_pass < this.#pass && isNoticeable(process, logged)) {
        logged.process = process;
        logged.change = changeOf(process, logged);
        changed.push(logged);
      }
    }
    if (changed.length > CHANGED_TOPS * top) {
      changed.sort((a, b) => b.change - a.change).length = CHANGED_TOPS * top;
    }
    if (sweeps) this.#sweep(timeSeconds, ended);
    return [
      // First: its pid may have passed to another one.
      ...ended.map((process) => ({ process: { ...process, state: STATE_ENDED }, command_length: 0 })),
      ...[...chosen, ...changed.map(({ process }) => process)].sort((a, b) => b.rss_bytes - a.rss_bytes)
        .map((process) => this.#item(process, timeSeconds)),
    ];
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

  /** What was logged of this very process; another one with its pid, or another program, starts from nothing. */
  #loggedOf(process: ProcessSample, ended: ProcessSample[]): Logged {
    const known = this.#logged.get(process.pid);
    const isSame = known?.process.start_ticks === process.start_ticks;
    if (isSame && known.exec_count === process.exec_count) return known;
    if (known && !isSame && known.row_at_seconds > -Infinity) ended.push(known.process);
    const logged: Logged = {
      process,
      exec_count: process.exec_count,
      name: "",
      unit: null,
      container: null,
      rss_bytes: 0,
      leakable_bytes: 0,
      open_descriptors: 0,
      threads: 0,
      mappings: null,
      row_at_seconds: isSame ? known.row_at_seconds : -Infinity,
      command_at_seconds: -Infinity,
      first_pass: this.#pass,
      seen_pass: this.#pass,
      change: 0,
    };
    this.#logged.set(process.pid, logged);
    return logged;
  }

  #item(process: ProcessSample, timeSeconds: number): ProcessItem {
    const logged = this.#logged.get(process.pid)!;
    const { name, unit, container, rss_bytes, open_descriptors, threads, mappings } = process;
    Object.assign(logged, { name, unit, container, rss_bytes, open_descriptors, threads, mappings });
    logged.leakable_bytes = leakableBytes(process);
    logged.row_at_seconds = timeSeconds;
    // Not for what is seen the first time: most of that is gone before the next sample.
    const isDue = (logged.first_pass < this.#pass || this.#pass === 1) &&
      timeSeconds - logged.command_at_seconds >= SILENT_SECONDS;
    if (isDue) logged.command_at_seconds = timeSeconds;
    return {
      process,
      command_length: this.#options.hide_arguments ? 0 : isDue ? COMMAND_FULL : COMMAND_SHORT,
    };
  }

  #sweep(timeSeconds: number, ended: ProcessSample[]): void {
    this.#sweptAt = timeSeconds;
    for (const [pid, { process, row_at_seconds, seen_pass }] of this.#logged) {
      if (seen_pass === this.#pass) continue;
      this.#logged.delete(pid);
      if (row_at_seconds > -Infinity) ended.push(process);
    }
  }
}

const changeOf = (process: ProcessSample, logged: Logged): number =>
  Math.abs(process.rss_bytes - logged.rss_bytes) +
  Math.abs((leakableBytes(process) ?? 0) - (logged.leakable_bytes ?? 0));

/** null until status was read: what then shows of swap is no growth. */
const leakableBytes = (process: ProcessSample): number | null =>
  process.swap_bytes === null ? null : processLeakableBytes(process);

function isNoticeable(process: ProcessSample, logged: Logged): boolean {
  return differs(process.rss_bytes, logged.rss_bytes, NOTICEABLE_BYTES) ||
    differs(leakableBytes(process), logged.leakable_bytes, NOTICEABLE_BYTES) ||
    differs(process.open_descriptors, logged.open_descriptors, NOTICEABLE_COUNT) ||
    differs(process.threads, logged.threads, NOTICEABLE_COUNT) ||
    differs(process.mappings, logged.mappings, NOTICEABLE_COUNT) ||
    process.unit !== logged.unit || process.container !== logged.container ||
    process.name !== logged.name;
}
