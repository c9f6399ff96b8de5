/** Wires the page to the pipeline that every command shares, and to the readings it makes on demand. */

import type { Roots } from "../../collectors/roots.ts";
import type { Sample } from "../../model/sample.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import type { Finding, FindingKind } from "../../model/finding.ts";
import { processKey } from "../../rules/findings/mod.ts";
import { memoryMap } from "../../model/memory_map.ts";
import type { Assessment } from "../../rules/detector/mod.ts";
import type { RuleInfo, Trend } from "../../ui/server/api.ts";
import type { MachineViewPorts } from "../../ui/server/ports.ts";
import type { Pipeline } from "../pipeline.ts";
import { readOwnProcess } from "./own_process.ts";
import { Inspector } from "./inspector.ts";

export interface ViewOptions {
  pipeline: Pipeline;
  rules: RuleSet;
  sampler: { readonly sample: Sample };
  /** null: a recording, of which nothing more can be read. */
  roots: Roots | null;
  hide_arguments: boolean;
  interval_seconds: number;
  /** Kept with the session, oldest first. */
  profiles?: MachineViewPorts["profiles"];
}

/** Thirty samples make a first verdict, three looks that agree a leak (rules/trend, rules/history). */
const NEEDED_SECONDS = 120;

const MEASURES: Partial<Record<FindingKind, Parameters<typeof processKey>[3]>> = {
  "process-memory": "memory",
  "process-descriptors": "descriptors",
  "process-threads": "threads",
  "process-mappings": "mappings",
};

export function viewDependencies(options: ViewOptions): MachineViewPorts {
  const { pipeline, rules, sampler } = options;
  const inspector = options.roots && new Inspector(options.roots);
  const infos = ruleInfos(rules);
  return {
    pipeline: {
      resolvedAlerts: () => pipeline.engine.history().filter((alert) => alert.state === "resolved"),
      growth: () => pipeline.engine.growth,
      alerts_turned_away: () => pipeline.engine.turnedAway,
      history_use: () => pipeline.detector.use,
      rules: () => infos,
      trend: (finding) => trendOf(finding, pipeline, sampler.sample),
      memory_trend() {
        const assessment = pipeline.detector.assessmentOf("system-memory/memory-used");
        const grows = assessment?.verdict === "leak" || assessment?.verdict === "growing";
        return grows ? drawn(assessment, sampler.sample.time_seconds) : null;
      },
      memory_verdict(process) {
        const key = processKey(process.pid, process.start_ticks, process.exec_count, "memory");
        const assessment = pipeline.detector.assessmentOf(key);
        return assessment && { verdict: assessment.verdict, evidence: assessment.evidence };
      },
      needed_seconds: options.roots ? NEEDED_SECONDS : 0,
    },
    own: readOwnProcess,
    inspect: (process) => inspector?.inspect(process) ?? null,
    memory_map: (memory) =>
      memoryMap(memory, sampler.sample.kernel).rows.map(({ name, bytes, meaning }) => ({
        name,
        bytes,
        meaning,
      })),
    profiles: options.profiles,
    hide_arguments: options.hide_arguments,
    interval_seconds: options.interval_seconds,
  };
}

/** What the detector saw of the series behind a finding. */
function trendOf(finding: Finding, pipeline: Pipeline, sample: Sample): Trend | null {
  const key = keyOf(finding, sample);
  const assessment = key === null ? null : pipeline.detector.assessmentOf(key);
  return assessment && drawn(assessment, sample.time_seconds);
}

/** The key under which the judge watches what a finding is about; null where that is gone. */
function keyOf({ kind, subject }: Finding, sample: Sample): string | null {
  const { pid, start_ticks, name } = subject;
  if (kind === "container-memory") return `${kind}/${subject.container}`;
  if (kind === "unit-memory") return `${kind}/${subject.cgroup}`;
  if (pid === null || start_ticks === null) return `${kind}/${name}`;
  const measure = MEASURES[kind];
  const process = sample.processes.find((one) => one.pid === pid && one.start_ticks === start_ticks);
  return measure && process ? processKey(pid, start_ticks, process.exec_count, measure) : null;
}

/** The deciding view on the samples' time axis; its window ends now. */
export function drawn(assessment: Assessment, now: number): Trend | null {
  const { view, window_seconds, rate_per_hour } = assessment;
  if (!view) return null;
  const start = now - window_seconds;
  return {
    view_name: view.name,
    time_seconds: view.seconds.map((seconds) => start + seconds),
    values: [...view.values],
    rate_per_hour,
  };
}

function ruleInfos({ rules, parameters }: RuleSet): RuleInfo[] {
  return rules.map((rule) => ({
    name: rule.name,
    severity: rule.severity,
    condition: rule.when.source,
    for_seconds: rule.for_seconds,
    help: withParameters(rule.next_step.source, parameters),
  }));
}

/** Parameters by their values; what differs from alert to alert stays in braces. */
const withParameters = (text: string, parameters: Record<string, number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name) => name in parameters ? String(parameters[name]) : whole);
