/** Puts the last sample, the window's memory and the judge's words together into the one model of a report. */

import { cgroupLeakableBytes, processLeakableBytes } from "../../model/leakable.ts";
import type { ContainerSample, ProcessSample, Sample, UnitSample } from "../../model/sample.ts";
import type { Alert, Finding, Verdict } from "../../model/finding.ts";
import type { OwnersReport } from "../../rules/findings/shared_memory_owners.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import { VERSION } from "../version.ts";
import { descriptorPart, zombiesOf } from "./descriptor_part.ts";
import type { ProcessProfile } from "./inner_profiles.ts";
import { kernelPart } from "./kernel_part.ts";
import {
  type Analysis,
  ANALYSIS_SCHEMA,
  type AnalyzedProcess,
  type OwnCost,
  type ProcessMappings,
  type Timeline,
} from "./model.ts";
import { systemPart } from "./system_part.ts";
import type { WindowRecorder } from "./window_recorder.ts";

export interface AnalysisInput {
  sample: Sample;
  recorder: WindowRecorder;
  findings: readonly Finding[];
  /** The verdict on a process's memory. */
  verdictOf(process: ProcessSample): Verdict | null;
  alerts: readonly Alert[];
  mappings: ProcessMappings[];
  profiles?: ProcessProfile[];
  evidence?: ProfileEvidence[];
  interval_seconds: number;
  ended_early: boolean;
  /** Rows per list; 0 is all. */
  top: number;
  /** Always listed. */
  pids: readonly number[];
  own: OwnCost;
  /** Who holds shared memory; null where nobody was asked. */
  owners?: OwnersReport | null;
}

export function buildAnalysis(input: AnalysisInput): Analysis {
  const { sample, recorder, findings } = input;
  const start = recorder.start;
  const moved = recorder.samples > 1;
  const growthSince = (now: number | null, before: number | null | undefined) =>
    moved && now !== null && before != null ? now - before : null;
  const runtimes = new Map(input.mappings.map((each) => [`${each.pid}:${each.start_ticks}`, each.runtime]));
  const everyone = sample.processes.map((process): AnalyzedProcess => ({
    ...process,
    // How a pass went, nothing about the process.
    is_stale: undefined,
    descriptor_kinds: process.descriptor_kinds && { ...process.descriptor_kinds },
    memory_bytes: processLeakableBytes(process),
    growth: recorder.growthOf(process, sample.time_seconds),
    verdict: verdictOf(process, findings) ??
      (moved && !process.is_kernel_thread ? input.verdictOf(process) : null),
    runtime: runtimes.get(`${process.pid}:${process.start_ticks}`) ?? null,
  }));
  const processes = pick(everyone, findings, input.top, input.pids);
  return {
    schema: ANALYSIS_SCHEMA,
    leakwatch_version: VERSION,
    host: { ...sample.host },
    started_at: new Date((start?.wall_seconds ?? sample.wall_seconds) * 1000).toISOString(),
    duration_seconds: start ? sample.time_seconds - start.time_seconds : 0,
    interval_seconds: input.interval_seconds,
    samples: recorder.samples,
    ended_early: input.ended_early,
    system: systemPart(sample, start),
    processes,
    process_counts: {
      total: sample.processes.length,
      kernel_threads: sample.processes.filter((process) => process.is_kernel_thread).length,
      zombies: sample.processes.filter((process) => process.state === "Z").length,
      started: recorder.started,
      ended: recorder.ended,
    },
    containers: sample.containers.map((container) => ({
      ...structuredClone(container),
      growth_bytes: growthSince(cgroupLeakableBytes(container), start?.container_bytes.get(container.id)),
      verdict: verdictOfContainer(container, findings),
    })),
    units: sample.units.map((unit) => ({
      ...structuredClone(unit),
      growth_bytes: growthSince(cgroupLeakableBytes(unit), start?.unit_bytes.get(unit.cgroup)),
      verdict: verdictOfUnit(unit, findings),
    })),
    engines: structuredClone(sample.engines),
    kernel: kernelPart(sample, start, input.top === 0),
    shared_memory: sample.shared_memory && {
      ...structuredClone(sample.shared_memory),
      owners: input.owners ?? null,
    },
    zombies: zombiesOf(sample),
    descriptors: descriptorPart(sample, recorder, input.top),
    pids: [...input.pids],
    mappings: input.mappings,
    profiles: input.profiles ?? [],
    evidence: input.evidence ?? [],
    findings,
    alerts: input.alerts,
    series: [],
    timeline: timelineOf(processes, recorder),
    unavailable: structuredClone(sample.unavailable),
    own: input.own,
  };
}

const isAbout = (finding: Finding, process: ProcessSample) =>
  finding.subject.pid === process.pid && finding.subject.start_ticks === process.start_ticks;

function verdictOf(process: ProcessSample, findings: readonly Finding[]): Verdict | null {
  return findings.find((finding) => finding.kind === "process-memory" && isAbout(finding, process))
    ?.verdict ??
    null;
}

/** By id: names are anybody's to give, twice too. One without a cgroup of its own is judged by its processes. */
function verdictOfContainer({ id, cgroup }: ContainerSample, findings: readonly Finding[]): Verdict | null {
  const kind = cgroup === "" ? "process-memory" : "container-memory";
  return findings.find((finding) => finding.kind === kind && finding.subject.container === id)?.verdict ??
    null;
}

/** By its cgroup: the system and every user may have a unit of one name. */
function verdictOfUnit({ cgroup }: UnitSample, findings: readonly Finding[]): Verdict | null {
  return findings.find((finding) => finding.kind === "unit-memory" && finding.subject.cgroup === cgroup)
    ?.verdict ??
    null;
}

/** The largest by RSS and by VSZ, the fastest growing, suspects and those asked for; by RSS. */
function pick(
  everyone: AnalyzedProcess[],
  findings: readonly Finding[],
  top: number,
  pids: readonly number[],
): AnalyzedProcess[] {
  const byRss = [...everyone].sort((a, b) => b.rss_bytes - a.rss_bytes || a.pid - b.pid);
  if (top === 0) return byRss;
  const chosen = new Set(byRss.slice(0, top));
  const addTop = (measure: (process: AnalyzedProcess) => number) => {
    const ranked = everyone.filter((process) => measure(process) > 0).sort((a, b) => measure(b) - measure(a));
    for (const process of ranked.slice(0, top)) chosen.add(process);
  };
  addTop((process) => process.vsz_bytes);
  addTop((process) => process.growth?.memory_bytes ?? 0);
  addTop((process) => process.swap_bytes ?? 0);
  for (const process of everyone) {
    if (pids.includes(process.pid) || findings.some((finding) => isAbout(finding, process))) {
      chosen.add(process);
    }
  }
  return byRss.filter((process) => chosen.has(process));
}

const CHARTED = 8;
const MIN_CHARTED_BYTES = 1024 * 1024;

function timelineOf(processes: readonly AnalyzedProcess[], recorder: WindowRecorder): Timeline {
  const values = (name: string) => recorder.systemPoints(name)?.values ?? [];
  const charted = processes
    .filter((process) =>
      process.verdict === "leak" || process.verdict === "growing" ||
      (process.growth?.memory_bytes ?? 0) >= MIN_CHARTED_BYTES
    )
    .sort((a, b) => (b.growth?.memory_bytes ?? 0) - (a.growth?.memory_bytes ?? 0))
    .slice(0, CHARTED);
  return {
    time_seconds: recorder.systemPoints("available_bytes")?.time_seconds ?? [],
    available_bytes: values("available_bytes"),
    anon_bytes: values("anon_bytes"),
    shmem_bytes: values("shmem_bytes"),
    page_cache_bytes: values("page_cache_bytes"),
    slab_bytes: values("slab_bytes"),
    swap_used_bytes: values("swap_used_bytes"),
    series: [],
    processes: charted.flatMap((process) => {
      const points = recorder.pointsOf(process);
      return points
        ? [{
          pid: process.pid,
          start_ticks: process.start_ticks,
          name: process.name,
          time_seconds: points.time_seconds,
          memory_bytes: points.values,
        }]
        : [];
    }),
  };
}
