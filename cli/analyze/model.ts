/**
 * What `analyze --format json` prints (schema leakwatch.analysis/1), and what every other format is rendered from.
 * Names as in the Sample; sizes in bytes; null could not be read, 0 is a measured zero.
 */

import type { MappingKind } from "../../collectors/process/mapping_kind.ts";
import type {
  ContainerSample,
  DescriptorKinds,
  EngineSample,
  HostInfo,
  KernelMemory,
  MemoryInfo,
  PressureInfo,
  ProcessSample,
  SharedMemory,
  SlabCache,
  SwapDevice,
  Unavailable,
  UnitSample,
  ZoneFragmentation,
} from "../../model/sample.ts";
import type { MemoryMapRow } from "../../model/memory_map.ts";
import type { OwnersReport } from "../../rules/findings/shared_memory_owners.ts";
import type { SeriesEntry } from "../../rules/findings/recorded_file.ts";
import type { Alert, Finding, Unit, Verdict } from "../../model/finding.ts";
import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import type { ProcessProfile } from "./inner_profiles.ts";

export const ANALYSIS_SCHEMA = "leakwatch.analysis/1";

export interface Analysis {
  schema: typeof ANALYSIS_SCHEMA;
  leakwatch_version: string;
  /** null with --from: recorded data speaks for itself. */
  host: HostInfo | null;
  /** RFC 3339 in UTC. */
  started_at: string;
  duration_seconds: number;
  /** null with --from. */
  interval_seconds: number | null;
  samples: number;
  /** Ctrl-C or SIGTERM came before the window was over. */
  ended_early: boolean;
  system: SystemPart | null;
  /** The largest by RSS and VSZ, the fastest growing, every suspect and every --pid; all of them with --top 0. */
  processes: AnalyzedProcess[];
  process_counts: ProcessCounts;
  containers: AnalyzedContainer[];
  units: AnalyzedUnit[];
  engines: EngineSample[];
  kernel: KernelPart | null;
  shared_memory: AnalyzedSharedMemory | null;
  zombies: Zombie[];
  descriptors: DescriptorPart | null;
  /** Processes that were asked for with --pid. */
  pids: number[];
  /** Processes looked at in depth: mappings, start against end. */
  mappings: ProcessMappings[];
  /** With --profile: what was found inside each --pid. */
  profiles: ProcessProfile[];
  /** With --from: what was found inside suspects when the session was recorded (--profile-suspects), oldest first. */
  evidence: ProfileEvidence[];
  findings: readonly Finding[];
  alerts: readonly Alert[];
  /** One entry per numeric column of recorded data (--from). */
  series: SeriesEntry[];
  /** The window in points, for charts. */
  timeline: Timeline;
  unavailable: Unavailable[];
  own: OwnCost;
}

export interface AnalyzedSharedMemory extends SharedMemory {
  /** Who holds it, largest first, deleted files that are still open among them; null where nobody was asked. */
  owners: OwnersReport | null;
}

export interface SystemPart {
  memory: MemoryInfo | null;
  /** "Where is my memory": parts of MemTotal that add up to it. */
  composition: MemoryPart[];
  /** What the parts alone would not tell. */
  notes: string[];
  used_ratio: number | null;
  /** Change over the window, per hour; null without a window. */
  available_change_bytes_per_hour: number | null;
  swap_in_bytes: number | null;
  swap_out_bytes: number | null;
  /** During the window. */
  oom_kills: number | null;
  major_faults: number | null;
  pressure: PressureInfo | null;
  /** Share of the window in which some (or all) tasks stood still for memory, from the kernel's total. */
  memory_stall_some_ratio: number | null;
  memory_stall_full_ratio: number | null;
  swap_devices: SwapDevice[] | null;
}

export interface MemoryPart extends MemoryMapRow {
  /** Over the window; null without one. */
  growth_bytes: number | null;
}

/** What happened to a series between two readings of the same identity. */
export interface Growth {
  /** Between the two readings. */
  seconds: number;
  memory_bytes: number | null;
  rss_bytes: number;
  vsz_bytes: number;
  open_descriptors: number | null;
  threads: number | null;
  /** User and system time used meanwhile. */
  cpu_seconds: number | null;
}

export interface AnalyzedProcess extends ProcessSample {
  /** Anonymous + shared memory + swap: what a leak shows in. */
  memory_bytes: number;
  /** Over the window; null without one, or where the process was not there for two samples. */
  growth: Growth | null;
  /** Of its memory; null where nothing was judged. */
  verdict: Verdict | null;
  /** java, python, node …; known for suspects and processes looked at in depth. */
  runtime: string | null;
}

export interface ProcessCounts {
  total: number;
  kernel_threads: number;
  zombies: number;
  /** During the window. */
  started: number;
  ended: number;
}

export interface AnalyzedContainer extends ContainerSample {
  growth_bytes: number | null;
  verdict: Verdict | null;
}

export interface AnalyzedUnit extends UnitSample {
  growth_bytes: number | null;
  verdict: Verdict | null;
}

export interface KernelPart extends KernelMemory {
  /** Kernel memory that /proc/meminfo does not hold, with its change over the window. */
  parts: KernelLine[];
  /** The largest and every one that grew. */
  slab_caches: AnalyzedSlab[] | null;
  slab_cache_count: number | null;
  zones: ZoneFragmentation[] | null;
}

export interface KernelLine {
  name: string;
  bytes: number;
  growth_bytes: number | null;
}

export interface AnalyzedSlab extends SlabCache {
  growth_bytes: number | null;
}

export interface Zombie {
  pid: number;
  ppid: number;
  name: string;
  parent_name: string | null;
  user: string;
  started_at_seconds: number;
  /** Since its start; the kernel does not keep the time of its end. */
  age_seconds: number;
}

export interface DescriptorPart {
  system: { allocated: number; limit: number; used_ratio: number; growth: number | null } | null;
  /** Sum of the kinds of the processes whose descriptors could be listed. */
  kinds: DescriptorKinds | null;
  /** The largest and the fastest growing. */
  processes: {
    pid: number;
    start_ticks: number;
    name: string;
    open_descriptors: number;
    limit: number | null;
    used_ratio: number | null;
    growth: number | null;
    kinds: DescriptorKinds | null;
  }[];
}

/** Mappings of one process by what they are. */
export interface ProcessMappings {
  pid: number;
  start_ticks: number;
  name: string;
  runtime: string | null;
  groups: MappingGroup[];
}

export interface MappingGroup {
  kind: MappingKind;
  /** Path or name; "" where the kind says all. */
  name: string;
  mappings: number;
  size_bytes: number;
  rss_bytes: number;
  pss_bytes: number;
  private_bytes: number;
  swap_bytes: number;
  /** Of its private (or shared, where it is shared memory) and swapped part since the first reading; null without one. */
  growth_bytes: number | null;
}

export interface Timeline {
  /** Unix seconds. */
  time_seconds: number[];
  available_bytes: (number | null)[];
  anon_bytes: (number | null)[];
  shmem_bytes: (number | null)[];
  page_cache_bytes: (number | null)[];
  slab_bytes: (number | null)[];
  swap_used_bytes: (number | null)[];
  /** Suspects and the fastest growing. */
  processes: {
    pid: number;
    start_ticks: number;
    name: string;
    time_seconds: number[];
    memory_bytes: number[];
  }[];
  /** With --from: what leaks or grows. */
  series: { source: string; name: string; unit: Unit; time_seconds: number[]; values: number[] }[];
}

export interface OwnCost {
  cpu_seconds: number;
  /** Share of one CPU over the run. */
  cpu_ratio: number;
  rss_bytes: number;
  collectors: {
    name: string;
    source: string;
    ok: boolean;
    runs: number;
    total_seconds: number;
    duration_seconds: number;
  }[];
}
