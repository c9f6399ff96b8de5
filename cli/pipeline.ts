/**
 * Source → series → findings → alerts: what every command does with a sample, be it of this machine or of a recording. Suspects
 * get a closer look.
 */

import type { Evaluation, Withdrawal } from "../model/evaluation.ts";
import type { Finding, OperationalError, Verdict } from "../model/finding.ts";
import type { ProcessSample, Sample } from "../model/sample.ts";
import type { AlertEngine, AlertInput, OwnUse } from "../rules/alerts/engine.ts";
import { ownFindings } from "./own_processes.ts";
import { withdrawal } from "./withdrawal.ts";
import { type LeakDetector, processKey } from "../rules/findings/mod.ts";

/** What the commands know and the sample does not. */
export interface OperationalErrors {
  log_errors?: readonly OperationalError[];
  sink_errors?: readonly OperationalError[];
}

export interface PipelineOptions {
  detector: LeakDetector;
  engine: AlertEngine;
  /** Names the processes that deserve the costlier readings (descriptor kinds, mappings, PSS). */
  focus?(pids: readonly number[]): void;
  /** Asked at each sample. */
  errors?(): OperationalErrors;
  own?(): OwnUse;
  /** leakwatch itself: what it uses is reported as its cost and has a rule of its own, it is no suspect. */
  own_pid?: number;
  /** Seconds of the samples' time between two looks at all findings; left out: as often as the processor allows. */
  findings_every_seconds?: number;
}

/** Asking for all findings classifies every series that moves; that may take this share of the time at most. */
const FINDINGS_SHARE = 0.0005;
/** But what is reported is never older than this, be the machine ever so large or busy. */
const OLDEST_SECONDS = 20;

/** Findings that are over and may still be asked about. */
const MAX_WITHDRAWN = 200;

export class Pipeline {
  readonly detector: LeakDetector;
  readonly engine: AlertEngine;
  readonly #options: PipelineOptions;
  #findings: readonly Finding[] = [];
  #leaks: ReadonlyMap<string, Finding> = new Map();
  readonly #withdrawn = new Map<string, Withdrawal>();
  /** On the clock that `#clock` reads. */
  #nextFindings = -Infinity;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.detector = options.detector;
    this.engine = options.engine;
  }

  /** Takes the next sample in. */
  evaluate(sample: Sample): Evaluation {
    this.detector.observe(sample);
    const isTime = this.#clock(sample) >= this.#nextFindings;
    if (isTime) this.#detect(sample);
    const changes = this.engine.evaluate(this.#input(sample, isTime));
    return {
      sample,
      findings: this.#findings,
      alerts: this.engine.active(),
      changes,
      withdrawn: this.#withdrawn,
    };
  }

  /** All that can be said about the last sample, at once and without the waiting that rules ask for (`for`). */
  evaluateOnce(sample: Sample): Evaluation {
    this.#detect(sample);
    const alerts = this.engine.evaluateOnce(this.#input(sample, true));
    return { sample, findings: this.#findings, alerts, changes: [], withdrawn: this.#withdrawn };
  }

  /** The verdict on a process's memory; null where it is not watched. */
  verdictOf(process: Pick<ProcessSample, "pid" | "start_ticks" | "exec_count">): Verdict | null {
    const key = processKey(process.pid, process.start_ticks, process.exec_count, "memory");
    return this.detector.assessmentOf(key)?.verdict ?? null;
  }

  #clock(sample: Sample): number {
    return this.#options.findings_every_seconds === undefined
      ? performance.now() / 1000
      : sample.time_seconds;
  }

  #detect(sample: Sample): void {
    const begin = this.#clock(sample);
    const isOwn = ownFindings(sample, this.#options.own_pid);
    this.#findings = this.detector.findings().filter((finding) => !isOwn(finding));
    this.#noteWithdrawn(sample);
    const cost = this.#clock(sample) - begin;
    this.#nextFindings = begin +
      (this.#options.findings_every_seconds ?? Math.min(cost / FINDINGS_SHARE, OLDEST_SECONDS));
    this.#options.focus?.(suspectPids(this.#findings));
  }

  /** Leaks of the look before that are none any more: ended with their process, or withdrawn for what is seen now. */
  #noteWithdrawn(sample: Sample): void {
    const leaks = new Map(
      this.#findings.filter(({ verdict }) => verdict === "leak").map((finding) => [finding.key, finding]),
    );
    for (const [key, finding] of this.#leaks) {
      if (leaks.has(key)) continue;
      const now = this.#findings.find((each) => each.key === key);
      this.#withdrawn.delete(key);
      this.#withdrawn.set(key, withdrawal(finding, now, sample, this.detector));
      if (this.#withdrawn.size > MAX_WITHDRAWN) this.#withdrawn.delete(this.#withdrawn.keys().next().value!);
    }
    for (const key of leaks.keys()) this.#withdrawn.delete(key);
    this.#leaks = leaks;
  }

  #input(sample: Sample, isNew: boolean): AlertInput {
    return {
      sample,
      withdrawn: this.#withdrawn,
      findings: isNew ? this.#findings : null,
      own: this.#options.own?.(),
      ...this.#options.errors?.(),
    };
  }
}

/** Processes that a finding is about, worst first, each once. */
export function suspectPids(findings: readonly Finding[]): number[] {
  return [...new Set(findings.flatMap(({ subject }) => subject.pid === null ? [] : [subject.pid]))];
}
