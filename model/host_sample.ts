/** What a sample holds of the whole machine: /proc/meminfo, vmstat, pressure, swap, zones, slab and kernel memory. */

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
  /** The kernel's own mark (/sys/kernel/slab/NAME/reclaim_account) of a large cache whose name does not tell; left out otherwise. */
  is_reclaimable?: boolean;
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
  /** Mounts in the first process's namespace. */
  mounts: number | null;
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
