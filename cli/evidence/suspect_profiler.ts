/** `--profile-suspects`: profiles what is found to leak, one process at a time, beside the watch and never in its way. */

import type { Evaluation } from "../../model/evaluation.ts";
import type { Finding } from "../../model/finding.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import type { Observer } from "../sample_loop.ts";
import { type DueProfile, ProfileSchedule } from "./schedule.ts";
import { type EvidenceOptions, takeEvidence } from "./take_evidence.ts";

export interface SuspectProfilerOptions extends Omit<EvidenceOptions, "signal"> {
  /** Keeps one with the session. */
  write(evidence: ProfileEvidence): void;
  say(message: string): void;
  /** Stands in for the real one in tests. */
  take?: typeof takeEvidence;
}

/** A second leakwatch and its watchdog take some 150 MiB: where there is less than this, it would hurt who it is to help. */
const MIN_AVAILABLE_BYTES = 384 * 1024 ** 2;
/** Waiting for their turn; a later one is dropped: it comes again tomorrow. */
const MAX_WAITING = 8;
/** Kept for the summary and the page; all are in the log. */
const MAX_KEPT = 50;

export class SuspectProfiler implements Observer {
  readonly #options: SuspectProfilerOptions;
  readonly #schedule = new ProfileSchedule();
  readonly #stop = new AbortController();
  readonly #waiting: DueProfile[] = [];
  readonly #kept: ProfileEvidence[] = [];
  /** Taken, and not yet written: the loop writes between two samples. */
  readonly #unwritten: ProfileEvidence[] = [];
  #running: Promise<void> | null = null;
  #seen: readonly Finding[] | null = null;

  constructor(options: SuspectProfilerOptions) {
    this.#options = options;
  }

  /** Those of this run, oldest first. */
  taken(): readonly ProfileEvidence[] {
    return this.#kept;
  }

  observe({ sample, findings }: Evaluation): void {
    this.#write();
    // Findings are looked for every few samples; between them it is the same list.
    if (findings !== this.#seen) {
      this.#seen = findings;
      const due = this.#schedule.due(findings, sample.time_seconds);
      this.#waiting.push(...due.slice(0, MAX_WAITING - this.#waiting.length));
    }
    if (this.#running !== null || this.#waiting.length === 0) return;
    // The others wait for better times: short memory is when evidence matters, but a kill would end it all.
    if ((sample.memory?.available_bytes ?? Infinity) < MIN_AVAILABLE_BYTES) return;
    this.#running = this.#take(this.#waiting.shift()!).finally(() => this.#running = null);
  }

  /** Ends what runs, in order, and keeps what it has told so far. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    this.#stop.abort();
    await this.#running;
    this.#write();
  }

  async #take(due: DueProfile): Promise<void> {
    const { take = takeEvidence, say, seconds } = this.#options;
    say(`profiling ${due.name} (${due.pid}), which leaks: at least ${seconds} s`);
    this.#unwritten.push(await take(due, { ...this.#options, signal: this.#stop.signal }));
  }

  #write(): void {
    for (const evidence of this.#unwritten.splice(0)) {
      this.#kept.push(evidence);
      if (this.#kept.length > MAX_KEPT) this.#kept.shift();
      this.#options.write(evidence);
    }
  }
}
