/**
 * What the collectors read from the kernel: plain data, sizes in bytes, names that carry their unit.
 *
 * The same names appear in the JSON output and in the HTTP API. `null` means "could not be read", 0 is a measured zero.
 * A Sample and the records in it are updated in place by the next pass (nothing is allocated per sample): whoever keeps
 * a value copies it.
 */

/** One pass over the machine. */
export interface Sample {
  /** Seconds on a clock that never goes back, counted from the Unix epoch at the start; the time axis of every series. */
  time_seconds: number;
  /** Wall clock in Unix seconds, for logs. */
  wall_seconds: number;
  /** A suspend or a clock jump lies before this sample: growth across it is not growth. */
  gap_before: boolean;
  /** Seconds after its due time that this sample was taken. */
  late_seconds: number;
  /** Names of the collectors that renewed their part in this pass; other parts keep their older values. */
  renewed: ReadonlySet<string>;

  host: HostInfo;
  memory: MemoryInfo | null;
  vmstat: VmstatInfo | null;
  pressure: PressureInfo | null;
  swap_devices: SwapDevice[] | null;
  zones: ZoneFragmentation[] | null;
  slab_caches: SlabCache[] | null;
  kernel: KernelMemory | null;
  system_descriptors: SystemDescriptors | null;
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
  booted_at_seconds: number;
  uptime_seconds: number;
  cpu_count: number;
  page_bytes: number;
  is_root: boolean;
}

/** /proc/meminfo in bytes; null where this kernel has no such line. */
export interface MemoryInfo {
  total_bytes: number;
  free_bytes: number;
  /** MemAvailable; estimated as free + cached + buffers + reclaimable slab on kernels before 3.14. */
  available_bytes: number;
  buffers_bytes: number;
  cached_bytes: number;
  swap_cached_bytes: number;
  anon_bytes: number;
  shmem_bytes: number;
  file_mapped_bytes: number;
  slab_bytes: number;
  slab_reclaimable_bytes: number | null;
  slab_unreclaimable_bytes: number | null;
  kernel_reclaimable_bytes: number | null;
  kernel_stack_bytes: number | null;
  page_tables_bytes: number | null;
  secondary_page_tables_bytes: number | null;
  percpu_bytes: number | null;
  vmalloc_used_bytes: number | null;
  hugetlb_bytes: number | null;
  zswap_bytes: number | null;
  bounce_bytes: number | null;
  writeback_tmp_bytes: number | null;
  cma_total_bytes: number | null;
  cma_free_bytes: number | null;
  unevictable_bytes: number | null;
  mlocked_bytes: number | null;
  committed_bytes: number | null;
  commit_limit_bytes: number | null;
  balloon_bytes: number | null;
  swap_total_bytes: number;
  swap_free_bytes: number;
  /** DESIGN: MemTotal minus everything the kernel names; judge its growth, not its size. */
  unaccounted_bytes: number;
}

/** Monotone counters of /proc/vmstat since boot. */
export interface VmstatInfo {
  swap_in_bytes: number;
  swap_out_bytes: number;
  oom_kills: number | null;
  direct_reclaim_scanned_pages: number | null;
  kswapd_scanned_pages: number | null;
  major_faults: number | null;
}

export interface PressureLine {
  avg10_percent: number;
  avg60_percent: number;
  avg300_percent: number;
  /** Cumulative stall time; deltas of it are exact where the averages are smoothed. */
  total_microseconds: number;
}

export interface PressureInfo {
  memory: { some: PressureLine; full: PressureLine | null } | null;
  cpu: { some: PressureLine; full: PressureLine | null } | null;
  io: { some: PressureLine; full: PressureLine | null } | null;
}

export interface SwapDevice {
  name: string;
  type: string;
  size_bytes: number;
  used_bytes: number;
  priority: number;
}

export interface ZoneFragmentation {
  node: number;
  zone: string;
  free_bytes: number;
  /** Free blocks per order, 0 upward. */
  free_blocks: number[];
  /** 0 (no fragmentation) to 1 per order: share of the free memory that cannot serve an allocation of that order. */
  unusable: number[];
}

export interface SlabCache {
  name: string;
  active_objects: number;
  objects: number;
  object_bytes: number;
  size_bytes: number;
}

/** Kernel memory outside /proc/meminfo. */
export interface KernelMemory {
  /** v2: nr_dying_descendants of the root; v1: cgroups counted by the kernel without a directory. */
  dying_cgroups: number | null;
  /** cgroup directories that exist. */
  cgroups: number | null;
  /** Alive in the kernel (slab cache net_namespace); more than the visible ones means some are pinned by nobody one can see. */
  network_namespaces: number | null;
  /** Distinct ones that a process lives in or a file is mounted on. */
  network_namespaces_visible: number | null;
  tcp_bytes: number | null;
  udp_bytes: number | null;
  sockets: number | null;
  /** Inodes and dentries: /proc/sys/fs/inode-nr, dentry-state. */
  inodes: number | null;
  dentries: number | null;
  modules: number | null;
  /** Page fragments waiting to become whole IP packets. */
  fragment_bytes: number | null;
  /** Reserved huge pages per size; free ones are lost to everybody else. */
  huge_pages: HugePagePool[] | null;
  /** Memory that compressed swap devices (zram) occupy; no line of /proc/meminfo holds it. */
  zram_bytes: number | null;
  /** Memory that the hypervisor has taken back through the balloon driver. */
  balloon_bytes: number | null;
}

export interface HugePagePool {
  page_bytes: number;
  total: number;
  free: number;
}

export interface SystemDescriptors {
  allocated: number;
  /** /proc/sys/fs/file-nr third field; effectively unlimited on modern kernels. */
  limit: number;
}

export interface SharedMemory {
  /** System V segments, /proc/sysvipc/shm. */
  system_v: SystemVSegment[];
  /** Files in /dev/shm, by size. */
  posix: PosixSegment[];
  /** memfd files found among descriptors or mappings, with their holders. */
  memfd: MemfdFile[];
  tmpfs: TmpfsMount[];
}

export interface SystemVSegment {
  key: number;
  id: number;
  owner: string;
  creator_pid: number;
  size_bytes: number;
  rss_bytes: number;
  swap_bytes: number;
  attached: number;
}

export interface PosixSegment {
  name: string;
  size_bytes: number;
  owner: string;
  holders: ProcessRef[];
}

export interface MemfdFile {
  name: string;
  size_bytes: number;
  inode: number;
  holders: ProcessRef[];
}

export interface TmpfsMount {
  mount: string;
  used_bytes: number;
  /** null: no limit. */
  size_bytes: number | null;
  inodes_used: number | null;
}

export interface ProcessRef {
  pid: number;
  name: string;
}

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
  generation: number;
  /** It held still for a while, so this pass did not read it: its values are up to five seconds old (rest.ts). */
  is_resting?: boolean;
}

export interface ContainerSample {
  id: string;
  name: string | null;
  engine: "docker" | "podman" | "containerd" | "kubernetes" | "lxc" | "nspawn" | "unknown";
  image: string | null;
  /** Pod and namespace where Kubernetes names them. */
  pod: string | null;
  cgroup: string;
  state: "running" | "stopped" | "unknown";
  usage_bytes: number | null;
  /** usage − inactive_file, floor 0. */
  working_set_bytes: number | null;
  /** The smallest limit among its own and its parents'; null: none. */
  limit_bytes: number | null;
  /** The cgroup that sets that limit: its own path or a parent's. */
  limit_cgroup: string | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  shmem_bytes: number | null;
  kernel_bytes: number | null;
  socket_bytes: number | null;
  swap_bytes: number | null;
  /** Unreclaimable slab and kernel stacks where the kernel tells. */
  kernel_unreclaimable_bytes: number | null;
  events_max: number | null;
  oom_events: number | null;
  oom_kills: number | null;
  pressure_some_microseconds: number | null;
  pressure_full_microseconds: number | null;
  pids: number | null;
  restarts: number | null;
  oom_killed: boolean | null;
  exit_code: number | null;
  processes: number[];
}

/** A systemd unit (service, scope or slice) with its cgroup's memory. */
export interface UnitSample {
  name: string;
  cgroup: string;
  kind: "service" | "scope" | "slice" | "other";
  usage_bytes: number | null;
  working_set_bytes: number | null;
  limit_bytes: number | null;
  anon_bytes: number | null;
  file_bytes: number | null;
  shmem_bytes: number | null;
  kernel_bytes: number | null;
  kernel_unreclaimable_bytes: number | null;
  swap_bytes: number | null;
  oom_kills: number | null;
  pids: number | null;
}

/** A container engine that answers on its socket. */
export interface EngineSample {
  engine: "docker" | "podman";
  socket: string;
  version: string | null;
  space: EngineSpace[];
}

export interface EngineSpace {
  kind: "images" | "containers" | "volumes" | "build-cache";
  count: number;
  size_bytes: number;
  reclaimable_bytes: number | null;
}

/** A source that could not be read: said once. */
export interface Unavailable {
  source: string;
  why: string;
  /** What to type or change; empty where nothing helps. */
  how_to_mend: string;
}

/** One run of one collector, for the report on leakwatch's own cost. */
export interface CollectorRun {
  name: string;
  source: string;
  ok: boolean;
  duration_seconds: number;
  /** Runs so far and their mean, to tell a slow source from a slow moment. */
  runs: number;
  total_seconds: number;
}
