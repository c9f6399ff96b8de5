/**
 * The observer that decides: trends become findings, findings and the sample become alerts, suspects get a closer look.
 * `analyze`, `monitor`, `boot` and the live page all hang the same judge into the watch loop.
 */

import type { Sample } from "../collectors/sample.ts";
import type { Alert, Finding } from "../rules/finding.ts";
import type { Observer } from "./watch.ts";

/** Judges series; rules/history keeps the real one. */
export interface GrowthJudge {
  observe(sample: Sample): void;
  /** What is worth saying now, worst first. */
  findings(): Finding[];
}

/** Judges rules; rules/alerts keeps the real one. */
export interface AlertJudge {
  /** Returns the alerts whose state has changed with this sample. */
  observe(sample: Sample, findings: readonly Finding[]): Alert[];
  /** All that are pending or firing. */
  alerts(): Alert[];
}

export interface JudgeOptions {
  growth: GrowthJudge;
  alerts: AlertJudge;
  /** Told which processes deserve the costlier readings (descriptor kinds, mappings, PSS). */
  focus?(pids: readonly number[]): void;
  /** Completes findings: the next step for a process depends on what it runs on. */
  refine?(findings: Finding[], sample: Sample): Finding[];
}

export class Judge implements Observer {
  /** Worst first, as of the last sample. */
  findings: Finding[] = [];
  /** Pending and firing. */
  alerts: Alert[] = [];
  /** Alerts whose state changed with the last sample. */
  changes: Alert[] = [];
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  observe(sample: Sample): void {
    const { growth, alerts, focus, refine } = this.#options;
    growth.observe(sample);
    const findings = growth.findings();
    this.findings = refine ? refine(findings, sample) : findings;
    this.changes = alerts.observe(sample, this.findings);
    this.alerts = alerts.alerts();
    focus?.(suspectPids(this.findings));
  }
}

/** Processes that a finding is about, worst first, each once. */
export function suspectPids(findings: readonly Finding[]): number[] {
  return [...new Set(findings.flatMap(({ subject }) => subject.pid === null ? [] : [subject.pid]))];
}
