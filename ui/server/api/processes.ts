/** Processes: the table, and one in detail. */

import type { DescriptorKinds } from "../../../model/sample.ts";
import type { FindingKind, Verdict } from "../../../model/finding.ts";
import type { EvidenceAnswer, EvidenceOccasion, ProfileEvidence } from "../../../model/profile_evidence.ts";
import type { Suspect } from "./suspect.ts";
import type { SeriesReply, Spark } from "./series.ts";

export interface ProcessRow {
  pid: number;
  start_ticks: number;
  ppid: number;
  name: string;
  user: string;
  state: string;
  rss_bytes: number;
  /** Anonymous, shared and swapped memory: what a leak shows in. */
  leakable_bytes: number;
  swap_bytes: number | null;
  vsz_bytes: number;
  pss_bytes: number | null;
  threads: number | null;
  open_descriptors: number | null;
  descriptor_limit: number | null;
  command: string | null;
  unit: string | null;
  container: string | null;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  /** What the verdict is about: memory, descriptors, threads …; null where there is none, or it is a recording's, on memory. */
  verdict_kind: FindingKind | null;
}

export interface ProcessesReply {
  time_seconds: number | null;
  total: number;
  processes: ProcessRow[];
}

export interface SparksReply {
  sparks: Record<string, Spark>;
}

/** Mappings of one process, summed by what they are. */
export interface MappingGroup {
  name: string;
  count: number;
  rss_bytes: number;
  /** Since the first look at this process, which a suspect gets when it becomes one; null at the first look. */
  change_bytes: number | null;
}

/** What was found inside a process while nobody looked (`--profile-suspects`). */
export interface InnerProfile {
  /** Unix seconds of its window. */
  from_seconds: number;
  to_seconds: number;
  occasion: EvidenceOccasion;
  answer: EvidenceAnswer | null;
  errors: ProfileEvidence["errors"];
}

export interface ProcessReply {
  time_seconds: number | null;
  process: ProcessRow;
  /** Gone since: what is shown is what was last seen. */
  is_gone: boolean;
  executable: string | null;
  started_at_seconds: number | null;
  cpu_seconds: number | null;
  parts: {
    anon_bytes: number | null;
    shmem_bytes: number | null;
    file_bytes: number | null;
    swap_bytes: number | null;
    page_tables_bytes: number | null;
    peak_rss_bytes: number | null;
    pss_bytes: number | null;
    uss_bytes: number | null;
  };
  descriptor_kinds: DescriptorKinds | null;
  mappings: number | null;
  /** The most that it may come to hold by its own settings (-Xmx, maxmemory); null where it has none. */
  declared_limit: { bytes: number; name: string } | null;
  mapping_groups: MappingGroup[] | null;
  parent: ProcessRow | null;
  children: ProcessRow[];
  /** What the detector says of its memory where that is no suspicion: stable, sawtooth, warm-up … */
  memory_verdict: { verdict: Verdict; evidence: string } | null;
  suspects: Suspect[];
  /** Newest first; empty where none was taken. */
  profiles: InnerProfile[];
  series: SeriesReply;
}

/** Identity of a process in addresses and maps. */
export const processKey = (process: { pid: number; start_ticks: number }): string =>
  `${process.pid}-${process.start_ticks}`;
