/** Puts the pipeline together from the trend detector, the alert rules and the table of next steps. */

import process from "node:process";
import type { Roots } from "../collectors/roots.ts";
import type { Sample } from "../model/sample.ts";
import { AlertEngine } from "../rules/alerts/engine.ts";
import type { RuleSet } from "../rules/alerts/rule.ts";
import { LeakDetector, type LeakDetectorOptions } from "../rules/findings/mod.ts";
import { nextSteps } from "../rules/next_steps/mod.ts";
import { type OperationalErrors, Pipeline } from "./pipeline.ts";
import { StepContexts } from "./step_context.ts";

/** Looks that must agree before a leak is called one, where we go on watching; an analysis has one window only. */
export const CONFIRMATIONS_WATCHING = 3;

export interface CreatePipelineOptions {
  sampler: { readonly sample: Sample; focus?(pids: Iterable<number>): void };
  /** null: a recording. */
  roots: Roots | null;
  rules: RuleSet;
  /** Always looked at closely. */
  pids?: readonly number[];
  confirmations?: number;
  /** Goes on where an earlier run within the same boot stopped. */
  detector?: unknown;
  errors?(): OperationalErrors;
  /** leakwatch's own process in a recording. */
  own_pid?: number;
  /** Series that are classified per sample; the others wait their turn. */
  classified_per_sample?: number;
  /** Seconds of the samples' time between two looks at all findings, for a recording. */
  findings_every_seconds?: number;
  /** Memory for the history of all series, in bytes. */
  memory_budget?: number;
}

export function createPipeline(options: CreatePipelineOptions): Pipeline {
  const { sampler, pids = [] } = options;
  const contexts = new StepContexts(options.roots);
  contexts.use(sampler.sample);
  const detectorOptions: LeakDetectorOptions = {
    confirmations: options.confirmations ?? 1,
    classified_per_sample: options.classified_per_sample,
    memory_budget_bytes: options.memory_budget,
    nextStepFor: (subject, kind, finding) =>
      nextSteps({ ...finding, next_step: "" }, contexts.of(subject, kind, finding.evidence)),
  };
  sampler.focus?.(pids);
  const detector = options.detector
    ? LeakDetector.fromJSON(options.detector, detectorOptions)
    : new LeakDetector(detectorOptions);
  return new Pipeline({
    detector,
    engine: new AlertEngine(options.rules),
    focus: (suspects) => sampler.focus?.(new Set([...pids, ...suspects])),
    errors: options.errors,
    own_pid: options.own_pid ?? (options.roots?.is_live ? Deno.pid : undefined),
    findings_every_seconds: options.findings_every_seconds,
    own: options.roots === null ? undefined : () => {
      const { user, system } = process.cpuUsage();
      const { refused: series_refused, coarsened: series_coarsened } = detector.use;
      return {
        rss_bytes: Deno.memoryUsage().rss,
        cpu_seconds: (user + system) / 1e6,
        pid: Deno.pid,
        series_refused,
        series_coarsened,
      };
    },
  });
}
