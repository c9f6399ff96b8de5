/** By how much each process grows, and who grows most. What a verdict says goes before plain arithmetic. */

import type { ProcessSample } from "../../../model/sample.ts";
import { processKey } from "../api.ts";
import type { Suspect } from "../api.ts";
import type { GroupHistory } from "./group_history.ts";
import { type ProcessVerdict, verdictsByProcess } from "../suspects.ts";

const GROWS_MOST = 8;

export class ProcessGrowth {
  readonly #history: GroupHistory;
  #verdicts: Map<string, ProcessVerdict> | null = null;
  #suspects: readonly Suspect[] | null = null;
  /** Pids whose plain rate is among the highest, as of a row of the history: rates change with its rows only. */
  #fastest = new Set<number>();
  #rankedRow = -1;

  constructor(history: GroupHistory) {
    this.#history = history;
  }

  /** To be told at each sample whom the verdicts are about. */
  judged(suspects: readonly Suspect[]): void {
    if (suspects === this.#suspects) return;
    this.#suspects = suspects;
    this.#verdicts = verdictsByProcess(suspects);
  }

  verdict(process: ProcessSample): ProcessVerdict | undefined {
    return this.#verdicts?.size ? this.#verdicts.get(processKey(process)) : undefined;
  }

  /** Bytes per hour; null where it is too early to say. */
  ratePerHour(process: ProcessSample): number | null {
    return this.verdict(process)?.growth_bytes_per_hour ??
      this.#history.processes.ratePerHour(processKey(process));
  }

  /** The few that grow most. On most samples only last row's fastest and the suspects are looked at, not thousands. */
  most(processes: readonly ProcessSample[]): ProcessSample[] {
    if (this.#rankedRow !== this.#history.rows) this.#rank(processes);
    const suspected = new Set(this.#suspects?.map(({ subject }) => subject.pid));
    return processes
      .filter(({ pid }) => this.#fastest.has(pid) || suspected.has(pid))
      .map((process) => ({ process, ratePerHour: this.ratePerHour(process) ?? 0 }))
      .filter(({ ratePerHour }) => ratePerHour > 0)
      .sort((a, b) => b.ratePerHour - a.ratePerHour)
      .slice(0, GROWS_MOST)
      .map(({ process }) => process);
  }

  #rank(processes: readonly ProcessSample[]): void {
    this.#rankedRow = this.#history.rows;
    const rated = processes
      .map(({ pid, start_ticks }) => ({
        pid,
        ratePerHour: this.#history.processes.ratePerHour(processKey({ pid, start_ticks })) ?? 0,
      }))
      .filter(({ ratePerHour }) => ratePerHour > 0)
      .sort((a, b) => b.ratePerHour - a.ratePerHour);
    // Some to spare, for those that end before the next row.
    this.#fastest = new Set(rated.slice(0, 2 * GROWS_MOST).map(({ pid }) => pid));
  }
}
