/**
 * What the collectors read from the kernel: plain data, sizes in bytes, names that carry their unit.
 *
 * The same names appear in the JSON output and in the HTTP API. `null` means "could not be read", 0 is a measured zero.
 * A Sample and the records in it are updated in place by the next pass (nothing is allocated per sample): whoever keeps
 * a value copies it.
 */

import type { ContainerSample, EngineSample, UnitSample } from "./cgroup_sample.ts";
import type {
  KernelMemory,
  MemoryInfo,
  PressureInfo,
  SlabCache,
  SwapDevice,
  SystemDescriptors,
  VmstatInfo,
  ZoneFragmentation,
} from "./host_sample.ts";
import type { ProcessSample } from "./process_sample.ts";
import type { SharedMemory } from "./shared_memory_sample.ts";

export type * from "./cgroup_sample.ts";
export type * from "./host_sample.ts";
export type * from "./process_sample.ts";
export type * from "./shared_memory_sample.ts";

/** One pass over the machine. */
export interface Sample {
  /** Seconds on a clock that never goes back, counted from the Unix epoch at the start; the time axis of every series. */
  time_seconds: number;
  /** Wall clock in Unix seconds, for logs. */
  wall_seconds: number;
  /** A suspend or a clock jump lies before this sample: growth across it is not growth. */
  discontinuity: boolean;
  /** Seconds after its due time that this sample was taken. */
  lag_seconds: number;
  /** Names of the collectors that updated their part in this pass; other parts keep their older values. */
  updated: ReadonlySet<string>;

  host: HostInfo;
  memory: MemoryInfo | null;
  vmstat: VmstatInfo | null;
  pressure: PressureInfo | null;
  swap_devices: SwapDevice[] | null;
  zones: ZoneFragmentation[] | null;
  slab_caches: SlabCache[] | null;
  kernel: KernelMemory | null;
  system_descriptors: SystemDescriptors | null;
  /** Processes whose shared memory has never been read, a few being read at a time: what is first found there has not just appeared. */
  unread_holders?: ReadonlySet<number>;
  shared_memory: SharedMemory | null;
  processes: ProcessSample[];
  containers: ContainerSample[];
  units: UnitSample[];
  engines: EngineSample[];

  unavailable: Unavailable[];
  collectors: CollectorRun[];
}

export interface HostInfo {
  hostname: string;
  kernel_release: string;
  boot_id: string;
  /** Unix seconds. */
  boot_time_seconds: number;
  uptime_seconds: number;
  cpu_count: number;
  page_bytes: number;
  is_root: boolean;
}

/** A source that could not be read: said once. */
export interface Unavailable {
  source: string;
  why: string;
  /** What to type or change; empty where nothing helps. */
  hint: string;
}

/** One collector's last run and its totals, for the report on leakwatch's own cost. */
export interface CollectorRun {
  name: string;
  source: string;
  ok: boolean;
  duration_seconds: number;
  /** Runs so far and their mean, to tell a slow source from a slow moment. */
  runs: number;
  total_seconds: number;
}
