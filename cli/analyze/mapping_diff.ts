/**
 * Mappings of the suspects, start against end. smaps is dear (2.5 times smaps_rollup, 35 ms per GiB, and it holds the
 * process's memory lock meanwhile), so: at the start for those asked for and, while a small budget lasts, for the largest;
 * later once for each new suspect; at the end for the few that are shown.
 */

import { processLeakableBytes } from "../../model/leakable.ts";
import { memoryRuntimeOf } from "../../model/runtime.ts";
import type { Roots } from "../../collectors/roots.ts";
import { detectRuntime } from "../../collectors/process/runtime.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import { type MappingGroup as Mappings, readSmaps } from "../../collectors/procfs/smaps.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Finding } from "../../model/finding.ts";
import { suspectPids } from "../pipeline.ts";
import type { Observer } from "../sample_loop.ts";
import type { MappingGroup, ProcessMappings } from "./model.ts";
import { identityOf } from "./window_recorder.ts";

const START_BUDGET_MILLISECONDS = 250;
/** A larger one would take the budget many times over; it is read where it is asked for or suspect. */
const LARGEST_UNASKED_BYTES = 4 * 1024 ** 3;
const SUSPECTS_SHOWN = 5;
const LARGEST_SHOWN = 3;

export class MappingDiff implements Observer {
  mappings: ProcessMappings[] = [];
  readonly #baselines = new Map<string, Mappings[] | null>();

  constructor(readonly roots: Roots, readonly pids: readonly number[]) {}

  /** Takes the first readings: of the largest at once, of suspects when they become such. */
  observe({ sample, findings }: Evaluation): void {
    if (this.#baselines.size === 0) this.#readLargest(sample);
    for (const pid of suspectPids(findings).slice(0, SUSPECTS_SHOWN)) {
      const process = sample.processes.find((each) => each.pid === pid);
      if (process) this.#baseline(process);
    }
  }

  /** Reads once more and compares. */
  finish(sample: Sample, findings: readonly Finding[]): void {
    this.mappings = this.#chosen(sample, findings).flatMap((process) => {
      const groups = readSmaps(process.pid, this.roots.proc);
      if (!groups) return [];
      return [{
        pid: process.pid,
        start_ticks: process.start_ticks,
        name: process.name,
        runtime: memoryRuntimeOf(detectRuntime(process.pid, this.roots.proc)),
        groups: compared(groups, this.#baselines.get(identityOf(process)) ?? null),
      }];
    });
  }

  #readLargest(sample: Sample): void {
    const begin = performance.now();
    for (const process of sample.processes) if (this.pids.includes(process.pid)) this.#baseline(process);
    for (const process of bySize(sample)) {
      if (performance.now() - begin > START_BUDGET_MILLISECONDS) break;
      if (process.rss_bytes <= LARGEST_UNASKED_BYTES) this.#baseline(process);
    }
  }

  #baseline(process: ProcessSample): void {
    const identity = identityOf(process);
    if (!this.#baselines.has(identity)) {
      this.#baselines.set(identity, readSmaps(process.pid, this.roots.proc));
    }
  }

  #chosen(sample: Sample, findings: readonly Finding[]): ProcessSample[] {
    const suspects = suspectPids(
      findings.filter((finding) => finding.unit === "bytes" || finding.kind === "process-mappings"),
    )
      .slice(0, SUSPECTS_SHOWN);
    const wanted = [...new Set([...this.pids, ...suspects])];
    if (wanted.length === 0) return bySize(sample).slice(0, LARGEST_SHOWN);
    return wanted.flatMap((pid) => sample.processes.find((process) => process.pid === pid) ?? []);
  }
}

/** Processes with memory, the largest first, without leakwatch itself. */
function bySize(sample: Sample): ProcessSample[] {
  return sample.processes
    .filter((process) => !process.is_kernel_thread && process.rss_bytes > 0 && process.pid !== Deno.pid)
    .sort((a, b) => processLeakableBytes(b) - processLeakableBytes(a));
}

const SHARED_KINDS = ["memfd", "posix-shm", "system-v"];

/** What a group costs that would be free without it. */
const ownBytes = (group: Mappings) =>
  (SHARED_KINDS.includes(group.kind) ? group.rss_bytes : group.private_bytes) + group.swap_bytes;

function compared(end: readonly Mappings[], start: readonly Mappings[] | null): MappingGroup[] {
  const key = (group: Mappings) => `${group.kind}\0${group.name}`;
  const before = start && new Map(start.map((group) => [key(group), ownBytes(group)]));
  return end.map((group) => ({
    kind: group.kind,
    name: group.name,
    mappings: group.count,
    size_bytes: group.size_bytes,
    rss_bytes: group.rss_bytes,
    pss_bytes: group.pss_bytes,
    private_bytes: group.private_bytes,
    swap_bytes: group.swap_bytes,
    growth_bytes: before ? ownBytes(group) - (before.get(key(group)) ?? 0) : null,
  }));
}
