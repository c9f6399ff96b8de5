/** A machine made up for tests and for designing the page: time passes as told, one program leaks, one has a hostile name. */

import { emptySample } from "../../collectors/empty_sample.ts";
import type { ContainerSample, MemoryInfo, ProcessSample, Sample } from "../../collectors/sample.ts";
import type { Trend } from "../../ui/server/api.ts";
import type { Finding } from "../../rules/finding.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
export const HOSTILE_NAME = `<img src=x onerror=alert(1)>`;
export const LEAKING_PID = 812;
export const START = 1_790_000_000;

/** The same noise in every run. */
function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x) - 0.5;
}

const NAMES = [
  ["systemd", "root", "init.scope"],
  ["java", "app", "app.service"],
  ["postgres", "postgres", "postgresql.service"],
  ["nginx", "www-data", "nginx.service"],
  ["redis-server", "redis", "redis-server.service"],
  ["node", "web", "web.service"],
  ["python3", "jobs", "worker.service"],
  ["sshd", "root", "ssh.service"],
  ["journald", "root", "systemd-journald.service"],
  ["cron", "root", "cron.service"],
  ["bash", "ada", "session-3.scope"],
  ["Web Content", "ada", "session-3.scope"],
] as const;

export interface FakeMachineOptions {
  processes?: number;
  leak_bytes_per_hour?: number;
  swap?: boolean;
}

export class FakeMachine {
  readonly sample: Sample = emptySample();
  time = START;
  /** When growth began. */
  start = START;
  readonly #leak: number;

  constructor(readonly options: FakeMachineOptions = {}) {
    this.#leak = options.leak_bytes_per_hour ?? 96 * MIB;
    const count = options.processes ?? 180;
    this.sample.host = {
      hostname: "db-7",
      kernel_release: "6.1.0-18-amd64",
      boot_id: "b8d5c2a0-0000-4000-8000-000000000001",
      booted_at_seconds: START - 9 * 86_400,
      uptime_seconds: 9 * 86_400,
      cpu_count: 8,
      page_bytes: 4096,
      is_root: true,
    };
    this.sample.processes = Array.from({ length: count }, (_, i) => this.#process(i));
    this.sample.unavailable = [
      { source: "/proc/slabinfo", why: "permission denied", how_to_mend: "sudo leakwatch serve" },
    ];
  }

  /** A sample `seconds` later. */
  advance(seconds: number): Sample {
    this.time += seconds;
    const { sample } = this;
    sample.time_seconds = sample.wall_seconds = this.time;
    const hours = (this.time - this.start) / 3600;
    sample.processes.forEach((process, i) => this.#live(process, i, hours));
    sample.memory = this.#memory(hours);
    const elapsed = this.time - this.start;
    const burst = Math.max(0, Math.sin(hours * 2.4)) ** 8;
    const stall = elapsed * 900 + burst * 4e6;
    sample.pressure = {
      memory: { some: line(stall), full: line(stall * 0.3) },
      cpu: null,
      io: null,
    };
    sample.vmstat = {
      swap_in_bytes: Math.max(0, Math.round((1 - Math.cos(hours * 2)) * 40 * MIB)) + elapsed * 200,
      swap_out_bytes: elapsed * 3000,
      oom_kills: 0,
      direct_reclaim_scanned_pages: 0,
      kswapd_scanned_pages: 0,
      major_faults: 0,
    };
    sample.zones = ["DMA32", "Normal"].map((zone, z) => ({
      node: 0,
      zone,
      free_bytes: (z ? 900 : 300) * MIB,
      free_blocks: Array.from({ length: 11 }, (_, order) => Math.round(4000 / 2 ** order)),
      unusable: Array.from(
        { length: 11 },
        (_, order) =>
          Math.min(
            1,
            Math.max(0, (order / 10) ** 1.6 * (0.5 + 0.35 * Math.sin(hours * 1.7 + order / 3 + z))),
          ),
      ),
    }));
    const caches = [
      "dentry",
      "ext4_inode_cache",
      "buffer_head",
      "kmalloc-512",
      "radix_tree_node",
      "filp",
      "vm_area_struct",
      "inode_cache",
      "proc_inode_cache",
      "kmalloc-4k",
      "sock_inode_cache",
      "task_struct",
    ];
    sample.slab_caches = caches.map((name, i) => {
      const size = (220 / (i + 1) + (i === 3 ? 14 * hours : 0) + noise(i + hours) * 0.4) * MIB;
      return {
        name,
        object_bytes: 192 + 64 * i,
        objects: Math.round(size / (192 + 64 * i)),
        active_objects: Math.round(size / (192 + 64 * i) * 0.93),
        size_bytes: Math.round(size),
      };
    });
    sample.kernel = {
      dying_cgroups: 14,
      cgroups: 92,
      network_namespaces: 3,
      network_namespaces_visible: 3,
      tcp_bytes: 2 * MIB,
      udp_bytes: 0,
      sockets: 431,
      inodes: 84_211,
      dentries: 120_400,
      modules: 122,
      fragment_bytes: 0,
      huge_pages: [],
      zram_bytes: null,
      balloon_bytes: null,
    };
    sample.system_descriptors = { allocated: 4200 + Math.round(hours * 3), limit: 9.2e18 };
    sample.containers = [
      container("web", 300, 512, hours * 1),
      container("lab-leaker", 40, 96, hours * 18),
      container("steady", 120, null, 0),
    ];
    sample.units = NAMES.slice(1, 9).map(([, , unit], i) => ({
      name: unit,
      cgroup: `/system.slice/${unit}`,
      kind: "service",
      usage_bytes: (600 / (i + 1) + (i === 0 ? hours * 96 : 0)) * MIB,
      working_set_bytes: (500 / (i + 1)) * MIB,
      limit_bytes: i === 0 ? 4 * GIB : null,
      anon_bytes: (400 / (i + 1) + (i === 0 ? hours * 96 : 0)) * MIB,
      file_bytes: 10 * MIB,
      shmem_bytes: 0,
      kernel_bytes: 4 * MIB,
      kernel_unreclaimable_bytes: 2 * MIB,
      swap_bytes: 0,
      oom_kills: 0,
      pids: 4,
    }));
    sample.engines = [{
      engine: "docker",
      socket: "/run/docker.sock",
      version: "20.10.24",
      space: [
        { kind: "images", count: 12, size_bytes: 4.1 * GIB, reclaimable_bytes: 1.2 * GIB },
        { kind: "volumes", count: 3, size_bytes: 800 * MIB, reclaimable_bytes: 0 },
        { kind: "build-cache", count: 31, size_bytes: 2.2 * GIB, reclaimable_bytes: 2.2 * GIB },
      ],
    }];
    sample.shared_memory = {
      system_v: [{
        key: 0,
        id: 3,
        owner: "postgres",
        creator_pid: 900,
        size_bytes: 56 * MIB,
        rss_bytes: 50 * MIB,
        swap_bytes: 0,
        attached: 6,
      }],
      posix: [],
      memfd: [],
      tmpfs: [{ mount: "/dev/shm", used_bytes: 210 * MIB, size_bytes: 8 * GIB, inodes_used: 12 }, {
        mount: "/run",
        used_bytes: 3 * MIB,
        size_bytes: 1.6 * GIB,
        inodes_used: 900,
      }],
    };
    return sample;
  }

  findings(): Finding[] {
    const hours = (this.time - this.start) / 3600;
    if (hours < 0.15 || this.#leak === 0) return [];
    const of = this.sample.processes[1]!;
    const mid = this.#leak;
    return [{
      kind: "process-memory",
      subject: {
        pid: of.pid,
        start_ticks: of.start_ticks,
        name: of.name,
        unit: of.unit,
        container: null,
      },
      verdict: "leak",
      severity: "critical",
      confidence: 0.97,
      rate_per_hour: { low: mid * 0.93, mid, high: mid * 1.08 },
      unit: "bytes",
      time_to_limit_seconds: { low: 11_400, high: 13_200, limit: "MemAvailable" },
      evidence:
        "anonymous memory rose from 310 MiB to 402 MiB in 55 min, every third of the window set a new floor; it used 0.3 % CPU meanwhile",
      next_step: `jcmd ${of.pid} GC.heap_info`,
    }, {
      kind: "process-descriptors",
      subject: { pid: 1203, start_ticks: 5003, name: "nginx", unit: "nginx.service", container: null },
      verdict: "growing",
      severity: "warning",
      confidence: 0.81,
      rate_per_hour: { low: 700, mid: 840, high: 930 },
      unit: "count",
      time_to_limit_seconds: { low: 900, high: 1100, limit: "RLIMIT_NOFILE" },
      evidence: "14 descriptors a minute, all sockets: 812 of 1,024 are open",
      next_step: "ss -tanp | grep pid=1203",
    }, {
      kind: "kernel-slab",
      subject: { pid: null, start_ticks: null, name: "kmalloc-512", unit: null, container: null },
      verdict: "growing",
      severity: "info",
      confidence: 0.72,
      rate_per_hour: { low: 11 * MIB, mid: 14 * MIB, high: 17 * MIB },
      unit: "bytes",
      time_to_limit_seconds: null,
      evidence: "objects of 384 B pile up while their users come and go",
      next_step: "sudo slabtop -s c",
    }];
  }

  /** The leaking program's floors in twelve segments, as a detector would have seen them. */
  trend(): Trend {
    const from = Math.max(this.start, this.time - 3600);
    const level = (time: number) => 1395 * MIB + this.#leak * (time - this.start) / 3600;
    const time_seconds = Array.from({ length: 12 }, (_, i) => from + (this.time - from) * (i + 0.5) / 12);
    return { view_name: "floor", time_seconds, values: time_seconds.map(level), rate_per_hour: null };
  }

  /** What is not available, as it has grown. */
  memoryTrend(): Trend | null {
    const { memory } = this.sample;
    if (!memory || this.#leak === 0) return null;
    const { time_seconds } = this.trend();
    const now = memory.total_bytes - memory.available_bytes;
    const values = time_seconds.map((time) => now - this.#leak * (this.time - time) / 3600);
    const rate_per_hour = { low: this.#leak * 0.8, mid: this.#leak, high: this.#leak * 1.2 };
    return { view_name: "typical level", time_seconds, values, rate_per_hour };
  }

  #process(i: number): ProcessSample {
    const [name, user, unit] = NAMES[i % NAMES.length]!;
    const pid = i === 0 ? 1 : i === 1 ? LEAKING_PID : i === 3 ? 1203 : 2000 + i * 7;
    return {
      pid,
      start_ticks: 5000 + i,
      ppid: i === 0 ? 0 : i % 9 === 5 ? LEAKING_PID : 1,
      name: i === 7 ? HOSTILE_NAME : name,
      user,
      uid: 1000,
      state: i === 40 ? "Z" : i % 17 === 0 ? "R" : "S",
      is_kernel_thread: i > 60 && i % 5 === 0,
      rss_bytes: 0,
      vsz_bytes: 0,
      anon_bytes: 0,
      shared_bytes: 0,
      shmem_bytes: 0,
      swap_bytes: 0,
      page_tables_bytes: 800_000,
      peak_rss_bytes: null,
      pss_bytes: null,
      uss_bytes: null,
      threads: 1 + (i * 7) % 40,
      mappings: 200,
      open_descriptors: 8 + (i * 13) % 200,
      descriptor_limit: 1024,
      descriptor_kinds: {
        files: 20,
        deleted_files: 1,
        sockets: 30,
        pipes: 4,
        anon_inodes: 6,
        memfds: 0,
        devices: 3,
        other: 0,
      },
      cpu_seconds: 30 + i,
      minor_faults: 1000,
      major_faults: 2,
      read_bytes: 0,
      written_bytes: 0,
      started_at_seconds: START - 3600 * (1 + i % 48),
      command: i === 7
        ? `${HOSTILE_NAME} --x="'><script>alert(1)</script>"`
        : `/usr/bin/${name} --config /etc/${name}.conf --worker ${i}`,
      executable: `/usr/bin/${name}`,
      cgroup: `/system.slice/${unit}`,
      unit,
      container: null,
      generation: 0,
    };
  }

  #live(process: ProcessSample, i: number, hours: number): void {
    const base = i === 1 ? 1400 : Math.max(1.5, 900 / (1 + i * 0.9));
    const wobble = noise(i * 31 + Math.floor(this.time / 2)) * base * 0.01;
    const leak = i === 1 ? this.#leak * hours : 0;
    process.anon_bytes = Math.round((base + wobble) * MIB + leak);
    process.shared_bytes = Math.round(base * 0.2 * MIB);
    process.rss_bytes = process.anon_bytes + process.shared_bytes;
    process.vsz_bytes = Math.round(process.rss_bytes * 3.1);
    process.swap_bytes = i % 11 === 4 ? Math.round(12 * MIB) : 0;
    if (i === 3) process.open_descriptors = Math.min(1024, Math.round(200 + hours * 840));
  }

  #memory(hours: number): MemoryInfo {
    const total = 16 * GIB;
    const anon = this.sample.processes.reduce((sum, process) => sum + process.anon_bytes, 0);
    const cached = (3.6 + 0.5 * Math.sin(hours / 1.3) + noise(Math.floor(this.time / 5)) * 0.04) * GIB;
    const shmem = 0.4 * GIB;
    const slab = (0.7 + 0.014 * hours) * GIB;
    const kernel = 0.35 * GIB, unaccounted = 0.12 * GIB;
    const free = Math.max(0.1 * GIB, total - anon - cached - slab - kernel - unaccounted);
    return {
      total_bytes: total,
      free_bytes: free,
      available_bytes: free + (cached - shmem) * 0.85,
      buffers_bytes: 0.2 * GIB,
      cached_bytes: cached - 0.2 * GIB,
      swap_cached_bytes: 0,
      anon_bytes: anon,
      shmem_bytes: shmem,
      file_mapped_bytes: 0.5 * GIB,
      slab_bytes: slab,
      slab_reclaimable_bytes: slab * 0.7,
      slab_unreclaimable_bytes: slab * 0.3,
      kernel_reclaimable_bytes: slab * 0.7,
      kernel_stack_bytes: 14 * MIB,
      page_tables_bytes: 60 * MIB,
      secondary_page_tables_bytes: 0,
      percpu_bytes: 20 * MIB,
      vmalloc_used_bytes: 90 * MIB,
      hugetlb_bytes: 0,
      zswap_bytes: null,
      bounce_bytes: 0,
      writeback_tmp_bytes: 0,
      cma_total_bytes: null,
      cma_free_bytes: null,
      unevictable_bytes: 0,
      mlocked_bytes: 0,
      committed_bytes: 9 * GIB,
      commit_limit_bytes: 10 * GIB,
      balloon_bytes: null,
      swap_total_bytes: 2 * GIB,
      swap_free_bytes: 1.8 * GIB,
      unaccounted_bytes: unaccounted,
    };
  }
}

const line = (total: number) => ({
  avg10_percent: 0,
  avg60_percent: 0,
  avg300_percent: 0,
  total_microseconds: Math.round(total),
});

function container(name: string, mib: number, limit: number | null, growth: number): ContainerSample {
  const anon = (mib * 0.7 + growth) * MIB;
  return {
    id: name.padEnd(64, "0").replace(/[^0-9a-f]/g, "a"),
    name,
    engine: "docker",
    image: `registry.example/${name}:1.4`,
    pod: null,
    cgroup: `/docker/${name}`,
    state: "running",
    usage_bytes: anon + mib * 0.3 * MIB,
    working_set_bytes: anon + mib * 0.1 * MIB,
    limit_bytes: limit === null ? null : limit * MIB,
    limit_cgroup: null,
    anon_bytes: anon,
    file_bytes: mib * 0.2 * MIB,
    shmem_bytes: 0,
    kernel_bytes: 3 * MIB,
    socket_bytes: 0,
    swap_bytes: 0,
    kernel_unreclaimable_bytes: MIB,
    events_max: 0,
    oom_events: 0,
    oom_kills: name === "lab-leaker" ? 2 : 0,
    pressure_some_microseconds: 0,
    pressure_full_microseconds: 0,
    pids: 5,
    restarts: name === "lab-leaker" ? 2 : 0,
    oom_killed: null,
    exit_code: null,
    processes: [LEAKING_PID],
  };
}
