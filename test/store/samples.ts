/** Samples made up for the store's tests: plain, hostile, and a small machine that goes on for as long as one likes. */

import { emptyKernelMemory, emptyUnit } from "../../model/empty_records.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { MemoryInfo, ProcessSample, Sample } from "../../model/sample.ts";

export const MIB = 1024 * 1024;

export function memoryInfo(parts: Partial<MemoryInfo> = {}): MemoryInfo {
  const unknown = Object.fromEntries(
    [
      "slab_reclaimable_bytes slab_unreclaimable_bytes kernel_reclaimable_bytes kernel_stack_bytes",
      "page_tables_bytes secondary_page_tables_bytes percpu_bytes vmalloc_used_bytes hugetlb_bytes zswap_bytes",
      "bounce_bytes writeback_tmp_bytes cma_total_bytes cma_free_bytes unevictable_bytes mlocked_bytes",
      "committed_bytes commit_limit_bytes balloon_bytes",
    ].join(" ").split(" ").map((name) => [name, null]),
  ) as Partial<MemoryInfo>;
  return {
    total_bytes: 8192 * MIB,
    free_bytes: 1024 * MIB,
    available_bytes: 4096 * MIB,
    buffers_bytes: 64 * MIB,
    cached_bytes: 3000 * MIB,
    swap_cached_bytes: 0,
    anon_bytes: 3500 * MIB,
    shmem_bytes: 100 * MIB,
    file_mapped_bytes: 200 * MIB,
    slab_bytes: 300 * MIB,
    swap_total_bytes: 2048 * MIB,
    swap_free_bytes: 1536 * MIB,
    unaccounted_bytes: 10 * MIB,
    ...unknown,
    ...parts,
  } as MemoryInfo;
}

export function processSample(parts: Partial<ProcessSample> = {}): ProcessSample {
  return {
    pid: 100,
    start_ticks: 1000,
    ppid: 1,
    name: "worker",
    user: "root",
    uid: 0,
    state: "S",
    is_kernel_thread: false,
    rss_bytes: 50 * MIB,
    vsz_bytes: 500 * MIB,
    anon_bytes: 40 * MIB,
    shared_bytes: 10 * MIB,
    shmem_bytes: 0,
    swap_bytes: 0,
    page_tables_bytes: null,
    peak_rss_bytes: null,
    pss_bytes: null,
    uss_bytes: null,
    threads: 4,
    mappings: null,
    open_descriptors: 20,
    descriptor_limit: 1024,
    descriptor_kinds: null,
    cpu_seconds: 1,
    minor_faults: 0,
    major_faults: 0,
    read_bytes: 0,
    written_bytes: 0,
    started_at_seconds: 1_700_000_000,
    command: "/usr/bin/worker --config /etc/worker.conf",
    executable: "/usr/bin/worker",
    cgroup: null,
    unit: null,
    container: null,
    exec_count: 0,
    ...parts,
  };
}

export const HOSTILE_NAMES = [
  '=cmd|"/c calc"!A1',
  "@SUM(1,2)",
  "+1-1",
  "-bash",
  "a,b",
  'say "hi"',
  "two\nlines",
  "\x1b[31mred\x07",
  "tab\there",
  "<script>x",
  "＝full",
  "\u202egnp.exe",
  "",
  "it's",
];

/** A sample with everything in it. */
export function fullSample(): Sample {
  const sample = emptySample();
  const line = { avg10_percent: 1.5, avg60_percent: 0.7, avg300_percent: 0.1, total_microseconds: 123456 };
  sample.time_seconds = sample.wall_seconds = 1_800_000_000;
  sample.updated = new Set([
    "meminfo",
    "vmstat",
    "pressure",
    "buddyinfo",
    "slabinfo",
    "processes",
    "kernel_memory",
    "tmpfs",
  ]);
  Object.assign(sample.host, { hostname: "db-7", kernel_release: "6.1.0", boot_id: "b007" });
  sample.memory = memoryInfo();
  sample.vmstat = {
    swap_in_bytes: 0,
    swap_out_bytes: 0,
    oom_kills: 0,
    direct_reclaim_scanned_pages: 0,
    kswapd_scanned_pages: 0,
    major_faults: 0,
  };
  sample.pressure = { memory: { some: { ...line }, full: { ...line } }, cpu: null, io: null };
  sample.zones = [
    {
      node: 0,
      zone: "Normal",
      free_bytes: 900 * MIB,
      free_blocks: [9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 0],
      unusable: [0, 0.01, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1],
    },
  ];
  sample.slab_caches = Array.from({ length: 60 }, (_, index) => ({
    name: `cache-${index}`,
    active_objects: index,
    objects: index + 1,
    object_bytes: 64,
    size_bytes: index * 4096,
  }));
  sample.processes = HOSTILE_NAMES.map((name, index) =>
    processSample({ pid: 100 + index, name, user: name, command: name, rss_bytes: (50 + index) * MIB })
  );
  sample.containers = [{
    id: "ab".repeat(32),
    name: "=web",
    engine: "docker",
    image: "nginx:1",
    pod: null,
    cgroup: "/docker/x",
    state: "running",
    usage_bytes: 60 * MIB,
    working_set_bytes: 50 * MIB,
    limit_bytes: 96 * MIB,
    limit_cgroup: null,
    anon_bytes: 40 * MIB,
    file_bytes: 10 * MIB,
    shmem_bytes: 0,
    kernel_bytes: MIB,
    socket_bytes: 0,
    swap_bytes: 0,
    kernel_unreclaimable_bytes: 0,
    events_max: 0,
    oom_events: 0,
    oom_kills: 1,
    pressure_some_microseconds: null,
    pressure_full_microseconds: null,
    pids: 3,
    restarts: 0,
    oom_killed: false,
    exit_code: null,
    processes: [],
  }];
  sample.units = [{
    ...emptyUnit("=web.service", "/system.slice/=web.service", "service"),
    usage_bytes: 70 * MIB,
    working_set_bytes: 60 * MIB,
    anon_bytes: 50 * MIB,
    shmem_bytes: 0,
    swap_bytes: 0,
    kernel_unreclaimable_bytes: MIB,
    pids: 3,
  }];
  sample.kernel = { ...emptyKernelMemory(), dying_cgroups: 7, cgroups: 90, sockets: 300, tcp_bytes: MIB };
  sample.system_descriptors = { allocated: 4000, limit: 100_000 };
  sample.shared_memory = {
    system_v: [{
      key: 0x1234,
      id: 3,
      owner: "=db",
      creator_pid: 100,
      size_bytes: 64 * MIB,
      rss_bytes: 32 * MIB,
      swap_bytes: MIB,
      attached: 2,
    }],
    posix: [{ name: "=PostgreSQL.1", size_bytes: MIB, owner: "db", holders: [{ pid: 113, name: "it's" }] }],
    memfd: [{ name: "pulse", size_bytes: 64 * MIB, inode: 77, holders: [] }],
    tmpfs: [{ mount: "/dev/shm", used_bytes: MIB, size_bytes: null, inodes_used: 2 }],
  };
  sample.processes[0]!.runtime_memory = {
    runtime: "jvm",
    declared_limit_bytes: 512 * MIB,
    declared_limit_name: "-Xmx",
    heap_used_bytes: 90 * 1024 * 1024,
    heap_live_bytes: 100 * MIB,
    heap_max_bytes: 512 * MIB,
    collections: 12,
    collection_seconds: 0.25,
    fills_for_seconds: 10_800,
    fills_reason: "its newest samples stay in memory until their block is written",
    metaspace_bytes: 40 * MIB,
  };
  sample.engines = [{
    engine: "docker",
    socket: "/run/docker.sock",
    version: "1",
    space: [{ kind: "images", count: 3, size_bytes: 500 * MIB, reclaimable_bytes: null }],
  }];
  return sample;
}
