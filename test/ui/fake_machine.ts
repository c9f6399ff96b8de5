/** A machine made up for tests and for designing the page: time passes as told, one program leaks, one has a hostile name. */

import { emptySample } from "../../model/empty_sample.ts";
import type { Sample } from "../../model/sample.ts";
import type { Trend } from "../../ui/server/api.ts";
import type { Finding } from "../../model/finding.ts";
import { containersAt } from "./fake/containers.ts";
import { findingsAbout, manyFindings } from "./fake/findings.ts";
import { KERNEL, memoryAt, SHARED_MEMORY, slabCachesAt, zonesAt } from "./fake/kernel.ts";
import { MIB } from "./fake/noise.ts";
import { growProcess, LEAKING, makeProcess } from "./fake/processes.ts";

export { HOSTILE_NAME, LEAKING_PID } from "./fake/processes.ts";
export const START = 1_790_000_000;

export interface FakeMachineOptions {
  processes?: number;
  leak_bytes_per_hour?: number;
  /** How many findings there are; 3 unless given. */
  finding_count?: number;
  /** Nothing is judged before; the past of a machine that was just started. */
  judged_after_hours?: number;
  /** 16 unless given. */
  memory_gib?: number;
}

export class FakeMachine {
  readonly sample: Sample = emptySample();
  time = START;
  /** When growth began. */
  start = START;
  /** Counters since it was made: microseconds and bytes. */
  #stalled = 0;
  #swappedIn = 0;
  readonly #leak: number;

  constructor(readonly options: FakeMachineOptions = {}) {
    this.#leak = options.leak_bytes_per_hour ?? 96 * MIB;
    const count = options.processes ?? 180;
    this.sample.host = {
      hostname: "db-7",
      kernel_release: "6.1.0-18-amd64",
      boot_id: "b8d5c2a0-0000-4000-8000-000000000001",
      boot_time_seconds: START - 9 * 86_400,
      uptime_seconds: 9 * 86_400,
      cpu_count: 8,
      page_bytes: 4096,
      is_root: true,
    };
    this.sample.processes = Array.from({ length: count }, (_, i) => makeProcess(i, START));
    this.sample.unavailable = [
      { source: "/proc/slabinfo", why: "permission denied", hint: "sudo leakwatch serve" },
    ];
  }

  /** A sample `seconds` later. */
  advance(seconds: number): Sample {
    this.time += seconds;
    const { sample } = this;
    sample.time_seconds = sample.wall_seconds = this.time;
    const hours = (this.time - this.start) / 3600;
    sample.processes.forEach((process, i) =>
      growProcess(process, i, { time: this.time, hours, leak_bytes_per_hour: this.#leak })
    );
    const anon = sample.processes.reduce((sum, process) => sum + process.anon_bytes, 0);
    sample.memory = memoryAt(this.time, hours, anon, this.options.memory_gib);
    const burst = Math.max(0, Math.sin(hours * 2.4)) ** 8;
    this.#stalled += seconds * (900 + burst * 5000);
    this.#swappedIn += seconds * burst * 40 * 1024;
    sample.pressure = {
      memory: { some: line(this.#stalled), full: line(this.#stalled * 0.3) },
      cpu: null,
      io: null,
    };
    sample.vmstat = {
      swap_in_bytes: Math.round(this.#swappedIn),
      swap_out_bytes: Math.round((this.time - this.start) * 3000),
      oom_kills: 0,
      direct_reclaim_scanned_pages: 0,
      kswapd_scanned_pages: 0,
      major_faults: 0,
    };
    sample.zones = zonesAt(hours);
    sample.slab_caches = slabCachesAt(this.#leak === 0 ? 0 : hours);
    sample.kernel = KERNEL;
    sample.system_descriptors = { allocated: 4200 + Math.round(hours * 3), limit: 9.2e18 };
    Object.assign(sample, containersAt(hours, this.#leak === 0 ? 0 : 1));
    sample.shared_memory = SHARED_MEMORY;
    return sample;
  }

  findings(): Finding[] {
    const hours = (this.time - this.start) / 3600;
    const { judged_after_hours = 0.15, finding_count = 3 } = this.options;
    if (hours < judged_after_hours || this.#leak === 0) return [];
    return finding_count === 3
      ? findingsAbout(this.sample.processes[LEAKING]!, this.#leak)
      : manyFindings(this.sample.processes, this.#leak, finding_count);
  }

  /** The leaking program's floors in twelve segments, as a detector would have seen them. */
  trend(): Trend {
    const from = Math.max(this.start, this.time - 3600);
    const level = (time: number) => 175 * MIB + this.#leak * (time - this.start) / 3600;
    const time_seconds = Array.from({ length: 12 }, (_, i) => from + (this.time - from) * (i + 0.5) / 12);
    return { view_name: "floor", time_seconds, values: time_seconds.map(level), rate_per_hour: null };
  }

  /** What is not available, as it has grown. */
  memoryTrend(): Trend | null {
    const { memory } = this.sample;
    if (!memory || this.#leak === 0) return null;
    const { time_seconds } = this.trend();
    const now = memory.total_bytes - memory.available_bytes;
    const values = time_seconds.map((time) => now - this.#leak * (this.time - time) / 3600);
    const rate_per_hour = { low: this.#leak * 0.8, mid: this.#leak, high: this.#leak * 1.2 };
    return { view_name: "typical level", time_seconds, values, rate_per_hour };
  }
}

const line = (total: number) => ({
  avg10_percent: 0,
  avg60_percent: 0,
  avg300_percent: 0,
  total_microseconds: Math.round(total),
});
