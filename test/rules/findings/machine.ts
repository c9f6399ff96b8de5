import { emptySample } from "../../../model/empty_sample.ts";
import type { MemoryInfo, ProcessSample, Sample, UnitSample } from "../../../model/sample.ts";
import { Random } from "../../../bench/detection/synthetic/mod.ts";

export const MiB = 2 ** 20, GiB = 2 ** 30;

/** A process that does nothing; parts to be overwritten. */
export function aProcess(pid: number, parts: Partial<ProcessSample> = {}): ProcessSample {
  return {
    pid,
    start_ticks: 1000 + pid,
    ppid: 1,
    name: `program-${pid}`,
    user: "app",
    uid: 1000,
    state: "S",
    is_kernel_thread: false,
    rss_bytes: 50 * MiB,
    vsz_bytes: 200 * MiB,
    anon_bytes: 40 * MiB,
    shared_bytes: 10 * MiB,
    shmem_bytes: 0,
    swap_bytes: 0,
    page_tables_bytes: 200_000,
    peak_rss_bytes: 50 * MiB,
    pss_bytes: null,
    uss_bytes: null,
    threads: 4,
    mappings: null,
    open_descriptors: 12,
    descriptor_limit: 1024,
    descriptor_kinds: null,
    cpu_seconds: 0,
    minor_faults: 0,
    major_faults: 0,
    read_bytes: 0,
    written_bytes: 0,
    started_at_seconds: 0,
    command: null,
    executable: null,
    cgroup: null,
    unit: null,
    container: null,
    exec_count: 0,
    ...parts,
  };
}

export function aUnit(name: string, anonBytes: number, limitBytes: number | null = null): UnitSample {
  return {
    name,
    cgroup: `/system.slice/${name}`,
    kind: "service",
    usage_bytes: anonBytes,
    working_set_bytes: anonBytes,
    limit_bytes: limitBytes,
    anon_bytes: anonBytes,
    file_bytes: 0,
    shmem_bytes: 0,
    kernel_bytes: 0,
    kernel_unreclaimable_bytes: 0,
    swap_bytes: 0,
    oom_kills: 0,
    pids: 1,
  };
}

export function someMemory(parts: Partial<MemoryInfo> = {}): MemoryInfo {
  const nulls = Object.fromEntries(
    [
      "slab_reclaimable_bytes",
      "slab_unreclaimable_bytes",
      "kernel_reclaimable_bytes",
      "kernel_stack_bytes",
      "page_tables_bytes",
      "secondary_page_tables_bytes",
      "percpu_bytes",
      "vmalloc_used_bytes",
      "hugetlb_bytes",
      "zswap_bytes",
      "bounce_bytes",
      "writeback_tmp_bytes",
      "cma_total_bytes",
      "cma_free_bytes",
      "unevictable_bytes",
      "mlocked_bytes",
      "committed_bytes",
      "commit_limit_bytes",
      "balloon_bytes",
    ].map((name) => [name, null]),
  );
  return {
    ...nulls,
    total_bytes: 16 * GiB,
    free_bytes: 4 * GiB,
    available_bytes: 8 * GiB,
    buffers_bytes: 0,
    cached_bytes: 4 * GiB,
    swap_cached_bytes: 0,
    anon_bytes: 6 * GiB,
    shmem_bytes: 100 * MiB,
    file_mapped_bytes: 0,
    slab_bytes: 0,
    swap_total_bytes: 2 * GiB,
    swap_free_bytes: 2 * GiB,
    unaccounted_bytes: 50 * MiB,
    ...parts,
  } as MemoryInfo;
}

/** Samples every `stepSeconds`; `fill` sets what is to be seen at each. The same object each time, as in real life. */
export function* samples(
  count: number,
  stepSeconds: number,
  fill: (sample: Sample, i: number, random: Random) => void,
  start = 1_700_000_000,
): Generator<Sample> {
  const sample = emptySample(), random = new Random(7, count);
  sample.host.boot_id = "boot-1";
  sample.memory = someMemory();
  for (let i = 0; i < count; i++) {
    sample.time_seconds = start + i * stepSeconds;
    sample.wall_seconds = sample.time_seconds;
    fill(sample, i, random);
    yield sample;
  }
}
