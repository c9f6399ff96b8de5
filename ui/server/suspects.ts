/** Findings with what is needed to draw, link and name them. */

import type { ProcessSample } from "../../model/sample.ts";
import { subjectTitle } from "../../model/subject.ts";
import { processKey } from "./api.ts";
import type { Finding, Spark, Suspect, Trend, Verdict } from "./api.ts";
import { type GroupHistory, PROCESS_COLUMNS } from "./history/group_history.ts";

const PROCESS_SERIES: Partial<Record<Finding["kind"], typeof PROCESS_COLUMNS[number]>> = {
  "process-memory": "leakable_bytes",
  "process-descriptors": "open_descriptors",
  "process-threads": "threads",
};

/** The machine's own column that a finding is about; null where it is about somebody. */
export function machineColumnOf({ kind, subject }: Finding): string | null {
  if (kind === "kernel-unaccounted") return "unaccounted_bytes";
  if (kind === "kernel-descriptors") return "open_files";
  return MACHINE_SERIES[`${kind}/${subject.name}`] ?? null;
}

const MACHINE_SERIES: Record<string, string> = {
  "system-memory/memory-used": "available_bytes",
  "system-memory/programs": "swap_used_bytes",
  "shared-memory/Shmem": "shared_bytes",
  "kernel-memory/SUnreclaim": "slab_unreclaimable_bytes",
  "kernel-memory/PageTables": "page_tables_bytes",
  "kernel-memory/KernelStack": "kernel_stack_bytes",
  "kernel-memory/Percpu": "percpu_bytes",
  "kernel-memory/VmallocUsed": "vmalloc_used_bytes",
  "kernel-cgroups/dying cgroups": "dying_cgroups",
};

/** The series in the live history that a finding is about; null where the history has none. */
export function sparkOf({ kind, subject }: Finding, history: GroupHistory): Spark | null {
  const column = PROCESS_SERIES[kind];
  if (column && subject.pid !== null && subject.start_ticks !== null) {
    const key = processKey({ pid: subject.pid, start_ticks: subject.start_ticks });
    return history.processes.spark(key, PROCESS_COLUMNS.indexOf(column));
  }
  if (kind === "kernel-slab") return history.slabs.spark(subject.name);
  if (kind === "container-memory" && subject.container) return history.containers.spark(subject.container);
  return null;
}

/** The line a verdict claims, as a spark of its own where the history holds none of what was judged. */
const trendSpark = (trend: Trend | null): Spark | null =>
  trend && { time_seconds: trend.time_seconds, values: trend.values };

export function suspectOf(
  finding: Finding,
  spark: Spark | null,
  trend: Trend | null,
  cause: Finding | null,
  title: string,
): Suspect {
  return {
    ...finding,
    title,
    cause_title: cause && subjectTitle(cause),
    spark: spark ?? trendSpark(trend),
    trend,
  };
}

export interface ProcessVerdict {
  verdict: Verdict;
  kind: Finding["kind"];
  /** Of its memory; null where the finding is about something else. */
  growth_bytes_per_hour: number | null;
}

/** The worst verdict per process, and the rate that a finding about its memory gives. */
export function verdictsByProcess(findings: readonly Finding[]): Map<string, ProcessVerdict> {
  const verdicts = new Map<string, ProcessVerdict>();
  for (const { kind, subject, verdict, rate_per_hour } of findings) {
    if (subject.pid === null || subject.start_ticks === null) continue;
    const key = processKey({ pid: subject.pid, start_ticks: subject.start_ticks });
    const known = verdicts.get(key);
    const rate = kind === "process-memory" ? rate_per_hour?.mid ?? null : null;
    const isWorse = !known || verdict === "leak" && known.verdict !== "leak";
    verdicts.set(key, {
      verdict: isWorse ? verdict : known.verdict,
      kind: isWorse ? kind : known.kind,
      growth_bytes_per_hour: known?.growth_bytes_per_hour ?? rate,
    });
  }
  return verdicts;
}

export const isAbout = ({ subject }: Finding, process: Pick<ProcessSample, "pid" | "start_ticks">): boolean =>
  subject.pid === process.pid && subject.start_ticks === process.start_ticks;
