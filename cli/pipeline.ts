/**
 * The observer that decides: trends become findings, findings and the sample become alerts, suspects get a closer look.
 * `analyze`, `monitor`, `boot` and the live page all hang the same judge into the watch loop.
 */

import type { ProcessSample, Sample } from "../model/sample.ts";
import type { AlertEngine, AlertInput, OwnUse } from "../rules/alerts/engine.ts";
import type { Alert, AlertChange, Finding, OperationalError, Verdict } from "../model/finding.ts";
import { type LeakDetector, processKey } from "../rules/findings/mod.ts";
import type { Observer } from "./sample_loop.ts";

/** What the commands know and the sample does not. */
export interface OperationalErrors {
  log_errors?: readonly OperationalError[];
  sink_errors?: readonly OperationalError[];
}

export interface ClassifyOptions {
  growth: LeakDetector;
  alerts: AlertEngine;
  /** Attribution which processes deserve the costlier readings (descriptor kinds, mappings, PSS). */
  focus?(pids: readonly number[]): void;
  /** Asked at each sample. */
  errors?(): OperationalErrors;
  own?(): OwnUse;
  /** leakwatch itself: what it uses is reported as its cost and has a rule of its own, it is no suspect. */
  own_pid?: number;
}

/** Asking for all findings judges every series that moves; that may take this share of the time at most. */
const FINDINGS_SHARE = 0.0005;
/** But what is told is never older than this, be the machine ever so large or busy. */
const OLDEST_SECONDS = 20;

export class Pipeline implements Observer {
  readonly growth: LeakDetector;
  readonly engine: AlertEngine;
  /** What hurts first on top; renewed every few samples on large machines. */
  findings: Finding[] = [];
  /** Pending and firing, the gravest first. */
  alerts: Alert[] = [];
  /** What the last sample changed. */
  changes: AlertChange[] = [];
  readonly #options: ClassifyOptions;
  #nextFindings = 0;

  constructor(options: ClassifyOptions) {
    this.#options = options;
    this.growth = options.growth;
    this.engine = options.alerts;
  }

  observe(sample: Sample): void {
    this.growth.observe(sample);
    const isTime = performance.now() >= this.#nextFindings;
    if (isTime) this.#findAgain();
    this.changes = this.engine.evaluate(this.#input(sample, isTime));
    this.alerts = this.engine.active();
  }

  /** All that can be said about this sample, at once and without the waiting that rules ask for (`for`). */
  look(sample: Sample): void {
    this.#findAgain();
    this.alerts = this.engine.evaluateOnce(this.#input(sample, true));
  }

  /** The verdict on a process's memory; null where it is not watched. */
  verdictOf(process: Pick<ProcessSample, "pid" | "start_ticks" | "exec_count">): Verdict | null {
    const key = processKey(process.pid, process.start_ticks, process.exec_count, "memory");
    return this.growth.assessmentOf(key)?.verdict ?? null;
  }

  #findAgain(): void {
    const begin = performance.now();
    this.findings = this.growth.findings()
      .filter((finding) => finding.subject.pid === null || finding.subject.pid !== this.#options.own_pid);
    const cost = performance.now() - begin;
    this.#nextFindings = begin + Math.min(cost / FINDINGS_SHARE, OLDEST_SECONDS * 1000);
    this.#options.focus?.(suspectPids(this.findings));
  }

  #input(sample: Sample, judged: boolean): AlertInput {
    return {
      sample,
      findings: judged ? this.findings : null,
      own: this.#options.own?.(),
      ...this.#options.errors?.(),
    };
  }
}

/** Processes that a finding is about, worst first, each once. */
export function suspectPids(findings: readonly Finding[]): number[] {
  return [...new Set(findings.flatMap(({ subject }) => subject.pid === null ? [] : [subject.pid]))];
}
