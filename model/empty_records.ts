/** Records in which nothing has been read yet. */

import type { ContainerSample, KernelMemory, MemoryInfo, ProcessSample, UnitSample } from "./sample.ts";

/** A process of which only the identity is known. */
export function emptyProcess(pid: number, startTicks: number): ProcessSample {
  return {
    pid,
    start_ticks: startTicks,
    ppid: 0,
    name: "",
    user: "",
    uid: 0,
    state: "?",
    is_kernel_thread: false,
    rss_bytes: 0,
    vsz_bytes: 0,
    anon_bytes: 0,
    shared_bytes: 0,
    shmem_bytes: null,
    swap_bytes: null,
    page_tables_bytes: null,
    peak_rss_bytes: null,
    pss_bytes: null,
    uss_bytes: null,
    threads: null,
    mappings: null,
    open_descriptors: null,
    descriptor_limit: null,
    descriptor_kinds: null,
    cpu_seconds: null,
    minor_faults: null,
    major_faults: null,
    read_bytes: null,
    written_bytes: null,
    started_at_seconds: 0,
    command: null,
    executable: null,
    cgroup: null,
    unit: null,
    container: null,
    exec_count: 0,
    is_stale: false,
  };
}

/** A container of which only the id is known. */
export function emptyContainer(id: string): ContainerSample {
  return {
    id,
    name: null,
    engine: "unknown",
    image: null,
    pod: null,
    cgroup: "",
    state: "unknown",
    usage_bytes: null,
    working_set_bytes: null,
    limit_bytes: null,
    limit_cgroup: null,
    anon_bytes: null,
    file_bytes: null,
    shmem_bytes: null,
    kernel_bytes: null,
    socket_bytes: null,
    swap_bytes: null,
    kernel_unreclaimable_bytes: null,
    events_max: null,
    oom_events: null,
    oom_kills: null,
    pressure_some_microseconds: null,
    pressure_full_microseconds: null,
    pids: null,
    restarts: null,
    oom_killed: null,
    exit_code: null,
    processes: [],
  };
}

/** A unit (or plain cgroup) of which only the cgroup is known. */
export function emptyUnit(name: string, cgroup: string, kind: UnitSample["kind"]): UnitSample {
  return {
    name,
    cgroup,
    kind,
    usage_bytes: null,
    working_set_bytes: null,
    limit_bytes: null,
    anon_bytes: null,
    file_bytes: null,
    shmem_bytes: null,
    kernel_bytes: null,
    kernel_unreclaimable_bytes: null,
    swap_bytes: null,
    oom_kills: null,
    pids: null,
  };
}

/** Two collectors fill it. */
export function emptyKernelMemory(): KernelMemory {
  return {
    dying_cgroups: null,
    cgroups: null,
    network_namespaces: null,
    network_namespaces_visible: null,
    tcp_bytes: null,
    udp_bytes: null,
    sockets: null,
    inodes: null,
    dentries: null,
    modules: null,
    mounts: null,
    fragment_bytes: null,
    huge_pages: null,
    zram_bytes: null,
    balloon_bytes: null,
  };
}

/** Not-a-number stands for lines that every kernel has and a recording may lack: no series takes it in. */
export function emptyMemory(): MemoryInfo {
  return {
    total_bytes: NaN,
    free_bytes: NaN,
    available_bytes: NaN,
    buffers_bytes: NaN,
    cached_bytes: NaN,
    swap_cached_bytes: NaN,
    anon_bytes: NaN,
    shmem_bytes: NaN,
    file_mapped_bytes: NaN,
    slab_bytes: NaN,
    swap_total_bytes: NaN,
    swap_free_bytes: NaN,
    unaccounted_bytes: NaN,
    slab_reclaimable_bytes: null,
    slab_unreclaimable_bytes: null,
    kernel_reclaimable_bytes: null,
    kernel_stack_bytes: null,
    page_tables_bytes: null,
    secondary_page_tables_bytes: null,
    percpu_bytes: null,
    vmalloc_used_bytes: null,
    hugetlb_bytes: null,
    zswap_bytes: null,
    bounce_bytes: null,
    writeback_tmp_bytes: null,
    cma_total_bytes: null,
    cma_free_bytes: null,
    unevictable_bytes: null,
    mlocked_bytes: null,
    committed_bytes: null,
    commit_limit_bytes: null,
    balloon_bytes: null,
  };
}
