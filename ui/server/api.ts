/**
 * What the page and every other client of the API get: plain JSON, snake_case, units in the names (see DESIGN §3).
 *
 * A live machine and a recorded session answer with the same shapes, so one set of screens shows both. `null` means
 * "could not be read" (or, for a recording, "was not written down"), 0 is a measured zero.
 */

import type {
  ContainerSample,
  DescriptorKinds,
  EngineSample,
  HugePagePool,
  MemoryInfo,
  SharedMemory,
  SwapDevice,
  Unavailable,
} from "../../collectors/sample.ts";
import type {
  Alert,
  Finding,
  FindingKind,
  RatePerHour,
  Severity,
  TimeToLimit,
  Unit,
  Verdict,
} from "../../rules/finding.ts";

export type {
  Alert,
  DescriptorKinds,
  EngineSample,
  Finding,
  FindingKind,
  HugePagePool,
  MemoryInfo,
  RatePerHour,
  Severity,
  SharedMemory,
  SwapDevice,
  TimeToLimit,
  Unavailable,
  Unit,
  Verdict,
};

/** What a view shows: this machine now, or a recording. */
export interface ViewInfo {
  kind: "live" | "session";
  /** Session id; null for the live view. */
  id: string | null;
  hostname: string;
  kernel_release: string;
  booted_at_seconds: number | null;
  /** Time the view has data for. */
  from_seconds: number | null;
  to_seconds: number | null;
  interval_seconds: number;
}

/**
 * Memory by who has it; the parts add up to `total_bytes` (unaccounted memory is counted from 0). A recording may not tell
 * all parts from programs: those are null, and what they hold is counted with the programs.
 */
export interface Composition {
  total_bytes: number;
  programs_bytes: number;
  shared_bytes: number | null;
  cache_bytes: number;
  slab_bytes: number | null;
  kernel_bytes: number | null;
  unaccounted_bytes: number | null;
  free_bytes: number;
  available_bytes: number;
  swap_total_bytes: number;
  swap_used_bytes: number;
}

/** The first line of the page. `tone` says how it is meant where colour cannot. */
export interface Sentence {
  text: string;
  tone: "calm" | "watch" | "leak" | "blind";
}

/** A line that a verdict claims, to be drawn over a series. Values are in the finding's unit. */
export interface Trend {
  /** What the detector looked at: its segments or floors. */
  view_name: string;
  time_seconds: number[];
  values: number[];
  rate_per_hour: RatePerHour | null;
}

/** A finding, with what is needed to draw and to link it. */
export interface Suspect extends Finding {
  /** Stable while the finding is about the same thing. */
  key: string;
  /** The watched series, about 60 points. */
  spark: Spark | null;
  trend: Trend | null;
}

/** A small series on its own scale. */
export interface Spark {
  time_seconds: number[];
  values: (number | null)[];
}

/** The state of a view: what the overview says in words and figures. */
export interface NowReply {
  view: ViewInfo;
  time_seconds: number | null;
  sentence: Sentence;
  memory: Composition | null;
  /** What is not available, as the detector sees it grow; null where it claims no growth. */
  memory_trend: Trend | null;
  /** False while it is too early for any verdict. */
  is_judged: boolean;
  /** The newest value of every machine series. */
  row: Record<string, number | null>;
  suspects: Suspect[];
  grows_most: ProcessRow[];
  process_count: number;
  alerts_firing: number;
  unavailable: Unavailable[];
}

/** What the page's first chart is drawn from; it comes within the page. */
export interface FirstLook {
  now: NowReply;
  alerts: AlertsReply;
  /** The machine's series of the overview over the last `last_seconds`. */
  series: SeriesReply;
  last_seconds: number;
}

/** Series over a range: a mean per step, and its lowest and highest value where the step holds more than one sample. */
export interface SeriesReply {
  from_seconds: number;
  to_seconds: number;
  time_seconds: number[];
  columns: Record<string, (number | null)[]>;
  low: Record<string, (number | null)[]>;
  high: Record<string, (number | null)[]>;
}

export interface ProcessRow {
  pid: number;
  start_ticks: number;
  ppid: number;
  name: string;
  user: string;
  state: string;
  rss_bytes: number;
  /** Anonymous, shared and swapped memory: what a leak shows in. */
  private_bytes: number;
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
  /** Since the first look at this process in this view; null at the first look. */
  change_bytes: number | null;
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
  mapping_groups: MappingGroup[] | null;
  parent: ProcessRow | null;
  children: ProcessRow[];
  /** What the detector says of its memory where that is no suspicion: stable, sawtooth, warm-up … */
  memory_verdict: { verdict: Verdict; evidence: string } | null;
  suspects: Suspect[];
  series: SeriesReply;
}

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

export interface ContainerRow {
  id: string;
  name: string;
  engine: ContainerSample["engine"];
  image: string | null;
  state: ContainerSample["state"];
  usage_bytes: number | null;
  working_set_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  kernel_bytes: number | null;
  oom_kills: number | null;
  restarts: number | null;
  pids: number | null;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  spark: Spark | null;
  processes: number[];
}

export interface UnitRow {
  name: string;
  kind: string;
  usage_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  growth_bytes_per_hour: number | null;
  verdict: Verdict | null;
  spark: Spark | null;
}

export interface ContainersReply {
  time_seconds: number | null;
  containers: ContainerRow[];
  units: UnitRow[];
  engines: EngineSample[];
  suspects: Suspect[];
  unavailable: Unavailable[];
}

/** The rule behind an alert, in words a person can check. */
export interface RuleInfo {
  name: string;
  severity: Severity;
  condition: string;
  for_seconds: number;
  help: string;
}

/** An alert as the page shows it; `time_seconds` is when it entered this state. */
export interface AlertRow extends Alert {
  time_seconds: number;
}

export interface AlertsReply {
  firing: AlertRow[];
  history: AlertRow[];
  rules: RuleInfo[];
}

export interface SessionRow {
  id: string;
  kind: "monitor" | "boot";
  hostname: string;
  kernel_release: string;
  boot_id: string | null;
  started_at_seconds: number;
  ended_at_seconds: number | null;
  interval_seconds: number | null;
  size_bytes: number;
  is_running: boolean;
  end_reason: string | null;
}

export interface SessionsReply {
  sessions: SessionRow[];
  directories: string[];
  unreadable: { path: string; why: string }[];
}

export interface AboutReply {
  version: string;
  hostname: string;
  live: boolean;
  hide_arguments: boolean;
  interval_seconds: number;
}

/** Identity of a process in addresses and maps. */
export const processKey = (process: { pid: number; start_ticks: number }): string =>
  `${process.pid}-${process.start_ticks}`;
