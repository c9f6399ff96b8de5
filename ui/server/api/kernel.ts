/** The kernel's own memory. */

import type {
  HugePagePool,
  MemoryInfo,
  SharedMemory,
  SwapDevice,
  Unavailable,
} from "../../../model/sample.ts";
import type { Verdict } from "../../../model/finding.ts";
import type { Suspect } from "./suspect.ts";
import type { Spark } from "./series.ts";

export interface SlabRow {
  name: string;
  size_bytes: number;
  active_objects: number;
  objects: number;
  object_bytes: number;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  spark: Spark | null;
}

/** One memory zone over time; `unusable[time][order]` is 0 to 1. */
export interface ZoneHistory {
  node: number;
  zone: string;
  free_bytes: number;
  time_seconds: number[];
  unusable: (number[] | null)[];
  free_blocks: number[];
}

/** One line of "where is my memory", with what the name means. */
export interface MemoryMapLine {
  name: string;
  bytes: number;
  meaning: string;
}

export interface KernelReply {
  time_seconds: number | null;
  memory: MemoryInfo | null;
  memory_map: MemoryMapLine[];
  slab_caches: SlabRow[] | null;
  zones: ZoneHistory[];
  counts: {
    dying_cgroups: number | null;
    cgroups: number | null;
    network_namespaces: number | null;
    network_namespaces_visible: number | null;
    sockets: number | null;
    tcp_bytes: number | null;
    inodes: number | null;
    dentries: number | null;
    open_files: number | null;
  };
  huge_pages: HugePagePool[] | null;
  shared_memory: SharedMemory | null;
  swap_devices: SwapDevice[] | null;
  suspects: Suspect[];
  unavailable: Unavailable[];
}
