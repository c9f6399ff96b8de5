/** What a sample holds of one process. */

/** Kinds of open descriptors of one process. */
export interface DescriptorKinds {
  files: number;
  deleted_files: number;
  sockets: number;
  pipes: number;
  anon_inodes: number;
  memfds: number;
  devices: number;
  other: number;
}

/** What a runtime publishes of its own memory, and the limit a program declares for itself. */
export interface RuntimeMemory {
  /** "jvm"; null where only a limit is known. */
  runtime: string | null;
  /** What the whole process may come to hold by -Xmx, maxmemory and the like, with the overhead that goes with them. */
  declared_limit_bytes: number | null;
  /** "full at maxmemory 48 MiB"; null without a limit. */
  declared_limit_name: string | null;
  /** How long after its start such a program fills its memory without leaking, and with what; null: not known of it. */
  fills_for_seconds: number | null;
  fills_reason: string | null;
  /** Used by the old generation after its last collection: what is alive. */
  heap_live_bytes: number | null;
  /** Used by all generations now, garbage included. */
  heap_used_bytes: number | null;
  heap_max_bytes: number | null;
  collections: number | null;
  collection_seconds: number | null;
  metaspace_bytes: number | null;
}

/**
 * One process. Identity is (pid, start_ticks) within one boot, never pid alone.
 * Every sample: rss, vsz, anon, shared (statm). Some samples: the rest; null until first read or where it is hidden.
 */
export interface ProcessSample {
  pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks since boot. */
  start_ticks: number;
  ppid: number;
  /** comm: up to 15 bytes chosen by the process itself. Hostile: escape it wherever it goes. */
  name: string;
  user: string;
  uid: number;
  /** One letter of /proc/PID/stat: R S D Z T I … */
  state: string;
  is_kernel_thread: boolean;
  rss_bytes: number;
  vsz_bytes: number;
  /** statm: resident − shared, which is RssAnon. */
  anon_bytes: number;
  /** statm shared: file pages and shmem. */
  shared_bytes: number;
  /** status RssShmem. */
  shmem_bytes: number | null;
  /** status VmSwap. */
  swap_bytes: number | null;
  /** status VmPTE. */
  page_tables_bytes: number | null;
  /** status VmHWM. */
  peak_rss_bytes: number | null;
  pss_bytes: number | null;
  uss_bytes: number | null;
  threads: number | null;
  /** Number of mappings; read for suspects and the largest only. */
  mappings: number | null;
  open_descriptors: number | null;
  /** Soft RLIMIT_NOFILE. */
  descriptor_limit: number | null;
  descriptor_kinds: DescriptorKinds | null;
  /** User plus system time since its start. */
  cpu_seconds: number | null;
  minor_faults: number | null;
  major_faults: number | null;
  read_bytes: number | null;
  written_bytes: number | null;
  /** Unix seconds. */
  started_at_seconds: number;
  /** Arguments joined by spaces; null for kernel threads and where hidden. Hostile. */
  command: string | null;
  executable: string | null;
  /** Path in the cgroup tree (v2, or the v1 memory hierarchy). */
  cgroup: string | null;
  /** systemd unit it runs in. */
  unit: string | null;
  /** Container id (full). */
  container: string | null;
  /** Count of execs seen: exec keeps pid and start time but makes another program, hence a new baseline. */
  exec_count: number;
  /** What its runtime tells of its heap, and the cap it was given; left out: not asked, null: it tells nothing. */
  runtime_memory?: RuntimeMemory | null;
  /** It held still for a while, so this pass did not read it: its values are up to five seconds old (rest.ts). */
  is_stale?: boolean;
}
