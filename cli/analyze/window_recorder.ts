/** Remembers the start of a window, so that its end can be told as change; the Sample itself is reused from pass to pass. */

import { cgroupLeakableBytes, processLeakableBytes } from "../../model/leakable.ts";
import type {
  KernelMemory,
  MemoryInfo,
  PressureInfo,
  ProcessSample,
  Sample,
  VmstatInfo,
} from "../../model/sample.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Observer } from "../sample_loop.ts";
import type { Growth } from "./model.ts";
import { Points } from "./decimated_series.ts";

interface ProcessStart {
  time_seconds: number;
  anon_bytes: number;
  shmem_bytes: number | null;
  swap_bytes: number | null;
  rss_bytes: number;
  vsz_bytes: number;
  open_descriptors: number | null;
  threads: number | null;
  cpu_seconds: number | null;
  memory: Points;
}

/** What the machine had at the first sample. */
export interface WindowStart {
  time_seconds: number;
  wall_seconds: number;
  memory: MemoryInfo | null;
  vmstat: VmstatInfo | null;
  pressure: PressureInfo | null;
  kernel: KernelMemory | null;
  slab_bytes: Map<string, number>;
  descriptors_allocated: number | null;
  container_bytes: Map<string, number | null>;
  unit_bytes: Map<string, number | null>;
}

/** The name of one process for as long as it runs one program. */
export function identityOf(process: { pid: number; start_ticks: number; exec_count?: number }): string {
  return `${process.pid}:${process.start_ticks}:${process.exec_count ?? 0}`;
}

export class WindowRecorder implements Observer {
  start: WindowStart | null = null;
  samples = 0;
  started = 0;
  ended = 0;
  readonly #processes = new Map<string, ProcessStart>();
  readonly #system = new Map<string, Points>();

  observe({ sample }: Evaluation): void {
    this.record(sample);
  }

  record(sample: Sample): void {
    this.start ??= startOf(sample);
    this.#recordSystem(sample);
    this.#recordProcesses(sample);
    this.samples++;
  }

  /** Change of this process since it was first seen; null with only one reading of it. */
  growthOf(process: ProcessSample, now: number): Growth | null {
    const start = this.#processes.get(identityOf(process));
    if (!start || now <= start.time_seconds) return null;
    const change = (end: number | null, begin: number | null) =>
      end === null || begin === null ? null : end - begin;
    // Only parts known at both ends: swap that becomes readable is not growth.
    const memory = process.state === "Z" ? null : process.anon_bytes - start.anon_bytes +
      (change(process.shmem_bytes, start.shmem_bytes) ?? 0) +
      (change(process.swap_bytes, start.swap_bytes) ?? 0);
    return {
      seconds: now - start.time_seconds,
      memory_bytes: memory,
      rss_bytes: process.rss_bytes - start.rss_bytes,
      vsz_bytes: process.vsz_bytes - start.vsz_bytes,
      open_descriptors: change(process.open_descriptors, start.open_descriptors),
      threads: change(process.threads, start.threads),
      cpu_seconds: change(process.cpu_seconds, start.cpu_seconds),
    };
  }

  pointsOf(process: ProcessSample): Points | null {
    return this.#processes.get(identityOf(process))?.memory ?? null;
  }

  systemPoints(name: string): Points | null {
    return this.#system.get(name) ?? null;
  }

  #recordSystem(sample: Sample): void {
    const memory = sample.memory;
    if (!memory) return;
    const values: Record<string, number> = {
      available_bytes: memory.available_bytes,
      anon_bytes: memory.anon_bytes,
      shmem_bytes: memory.shmem_bytes,
      // Without SwapCached: what of it is mapped is in AnonPages too.
      page_cache_bytes: memory.cached_bytes + memory.buffers_bytes - memory.shmem_bytes,
      slab_bytes: memory.slab_bytes,
      swap_used_bytes: memory.swap_total_bytes - memory.swap_free_bytes,
    };
    for (const [name, value] of Object.entries(values)) {
      let points = this.#system.get(name);
      if (!points) this.#system.set(name, points = new Points());
      points.push(sample.wall_seconds, value);
    }
  }

  #recordProcesses(sample: Sample): void {
    const alive = new Set<string>();
    for (const process of sample.processes) {
      if (process.is_kernel_thread) continue;
      const identity = identityOf(process);
      alive.add(identity);
      let start = this.#processes.get(identity);
      if (!start) {
        if (this.samples > 0) this.started++;
        start = { ...readings(process), time_seconds: sample.time_seconds, memory: new Points() };
        this.#processes.set(identity, start);
      }
      // Descriptors and status are read less often than memory; the first reading is the start.
      start.open_descriptors ??= process.open_descriptors;
      start.threads ??= process.threads;
      start.cpu_seconds ??= process.cpu_seconds;
      start.memory.push(sample.wall_seconds, processLeakableBytes(process));
    }
    for (const identity of this.#processes.keys()) {
      if (alive.has(identity)) continue;
      this.#processes.delete(identity);
      this.ended++;
    }
  }
}

function readings(process: ProcessSample): Omit<ProcessStart, "time_seconds" | "memory"> {
  const {
    anon_bytes,
    shmem_bytes,
    swap_bytes,
    rss_bytes,
    vsz_bytes,
    open_descriptors,
    threads,
    cpu_seconds,
  } = process;
  return {
    anon_bytes,
    shmem_bytes,
    swap_bytes,
    rss_bytes,
    vsz_bytes,
    open_descriptors,
    threads,
    cpu_seconds,
  };
}

function startOf(sample: Sample): WindowStart {
  return {
    time_seconds: sample.time_seconds,
    wall_seconds: sample.wall_seconds,
    ...structuredClone({
      memory: sample.memory,
      vmstat: sample.vmstat,
      pressure: sample.pressure,
      kernel: sample.kernel,
    }),
    slab_bytes: new Map(sample.slab_caches?.map((cache) => [cache.name, cache.size_bytes])),
    descriptors_allocated: sample.system_descriptors?.allocated ?? null,
    container_bytes: new Map(
      sample.containers.map((container) => [container.id, cgroupLeakableBytes(container)]),
    ),
    unit_bytes: new Map(sample.units.map((unit) => [unit.cgroup, cgroupLeakableBytes(unit)])),
  };
}
