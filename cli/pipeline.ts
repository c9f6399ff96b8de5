/**
 * Source → series → findings → alerts: what every command does with a sample, be it of this machine or of a recording. Suspects
 * get a closer look.
 */

import type { Evaluation } from "../model/evaluation.ts";
import type { Finding, OperationalError, Verdict } from "../model/finding.ts";
import type { ProcessSample, Sample } from "../model/sample.ts";
import type { AlertEngine, AlertInput, OwnUse } from "../rules/alerts/engine.ts";
import { ownFindings } from "./own_processes.ts";
import { type Freshness, type LeakDetector, processKey } from "../rules/findings/mod.ts";

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

export class Pipeline {
  readonly detector: LeakDetector;
  readonly engine: AlertEngine;
  readonly #options: PipelineOptions;
  #findings: readonly Finding[] = [];
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
    };
  }

  /** What is known at the end of a watch: findings of the last sample, not up to 20 s old, and the alerts as they stand. */
  conclude(sample: Sample): Evaluation {
    this.#detect(sample, "latest");
    return { sample, findings: this.#findings, alerts: this.engine.active(), changes: [] };
  }

  /** All that can be said about the last sample, at once and without the waiting that rules ask for (`for`). */
  evaluateOnce(sample: Sample): Evaluation {
    this.#detect(sample, "latest");
    const alerts = this.engine.evaluateOnce(this.#input(sample, true));
    return { sample, findings: this.#findings, alerts, changes: [] };
  }

  /**
   * The verdict on a process's memory; null where it is not watched. Of a JVM that is its live heap, unless what it holds outside of
   * its heap grows: what is outside seems to shrink while garbage fills the heap.
   */
  verdictOf(
    { pid, start_ticks, exec_count }: Pick<ProcessSample, "pid" | "start_ticks" | "exec_count">,
  ): Verdict | null {
    const of = (measure: "memory" | "heap") =>
      this.detector.assessmentOf(processKey(pid, start_ticks, exec_count, measure))?.verdict ?? null;
    const memory = of("memory"), grows = memory === "leak" || memory === "growing";
    return grows ? memory : of("heap") ?? memory;
  }

  #clock(sample: Sample): number {
    return this.#options.findings_every_seconds === undefined
      ? performance.now() / 1000
      : sample.time_seconds;
  }

  #detect(sample: Sample, freshness: Freshness = "asked"): void {
    const begin = this.#clock(sample);
    const isOwn = ownFindings(sample, this.#options.own_pid);
    this.#findings = this.detector.findings(freshness).filter((finding) => !isOwn(finding));
    const cost = this.#clock(sample) - begin;
    this.#nextFindings = begin +
      (this.#options.findings_every_seconds ?? Math.min(cost / FINDINGS_SHARE, OLDEST_SECONDS));
    this.#options.focus?.(suspectPids(this.#findings));
  }

  #input(sample: Sample, isNew: boolean): AlertInput {
    return {
      sample,
      findings: isNew ? this.#findings : null,
      growth: this.detector,
      own: this.#options.own?.(),
      ...this.#options.errors?.(),
    };
  }
}

/** Processes that a finding is about, worst first, each once. */
export function suspectPids(findings: readonly Finding[]): number[] {
  return [...new Set(findings.flatMap(({ subject }) => subject.pid === null ? [] : [subject.pid]))];
}
