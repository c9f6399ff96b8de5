import { containerTitle } from "../../model/container_title.ts";
import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
import { cgroupLeakableBytes, hostLeakableBytes } from "../../model/leakable.ts";
import { isReclaimableSlab } from "../../model/reclaimable_slab.ts";
import type { ContainerSample, Sample, UnitSample } from "../../model/sample.ts";
import { PinnedCaches } from "./pinned_caches.ts";
import type { SeriesIdentity } from "./series_registry.ts";

/** Takes one measured value of one series; null values are left out by the caller. */
export type Put = (
  identity: SeriesIdentity,
  value: number,
  limit?: number | null,
  limitName?: string | null,
) => void;

const MIB = 2 ** 20;
/** Growth below these is nobody's concern, however sure it is. */
const MIN_RISE = {
  host: 64 * MIB,
  kernel: 16 * MIB,
  slab: 8 * MIB,
  shared: 8 * MIB,
  cgroup: 8 * MIB,
  unaccounted: 32 * MIB,
  descriptors: 1000,
  sockets: 200,
  cgroups: 100,
  namespaces: 10,
  mounts: 50,
  segments: 20,
} as const;

const AVAILABLE = "MemAvailable";
const MAX_IDENTITIES = 5000;

/** All series of a sample that do not belong to one process. Keeps their identities, so that a sample allocates nothing. */
export class HostSeries {
  readonly #identities = new Map<string, SeriesIdentity>();
  readonly #pinned = new PinnedCaches();

  each(sample: Sample, put: Put): void {
    this.#memory(sample, put);
    this.#kernel(sample, put);
    this.#sharedMemory(sample, put);
    for (const container of sample.containers) this.#container(container, put);
    for (const unit of sample.units) this.#unit(unit, put);
  }

  #memory(sample: Sample, put: Put): void {
    const { memory, kernel, updated } = sample;
    if (!memory) return;
    const available = memory.available_bytes;
    const used = memory.total_bytes - available;
    const room = (bytes: number) => bytes + available;
    put(
      this.#of("system-memory", "memory-used", "memory in use (total less available)", MIN_RISE.host),
      used,
      memory.total_bytes,
      AVAILABLE,
    );
    // Swapping out idle pages moves memory from one to the other: only their sum leaks. zram and zswap hold the same pages.
    const programs = hostLeakableBytes(memory);
    put(
      this.#of("system-memory", "programs", "memory of all programs (anonymous and swapped)", MIN_RISE.host),
      programs,
      programs + available + memory.swap_free_bytes,
      AVAILABLE,
    );
    // zram is read about once a minute: between its readings the difference would follow it late.
    const zram = kernel?.zram_bytes ?? 0;
    if (zram === 0 || updated.size === 0 || updated.has("kernel_memory")) {
      // Pages of the swap cache that nobody maps are in no line of /proc/meminfo: within that bound nothing is known.
      const unaccounted = memory.unaccounted_bytes - zram - memory.swap_cached_bytes;
      put(
        this.#of(
          "kernel-unaccounted",
          "unaccounted",
          "memory that no kernel counter accounts for",
          MIN_RISE.unaccounted,
        ),
        unaccounted,
        room(unaccounted),
        AVAILABLE,
      );
    }
    for (const [name, field, what] of KERNEL_BYTES) {
      const bytes = memory[field];
      if (bytes !== null) {
        put(this.#of("kernel-memory", name, what, MIN_RISE.kernel), bytes, room(bytes), AVAILABLE);
      }
    }
  }

  #kernel(sample: Sample, put: Put): void {
    const { system_descriptors, memory } = sample;
    // A value read again and again from an older pass would pass for several observations.
    const isNew = (collector: string) => sample.updated.size === 0 || sample.updated.has(collector);
    const kernel = isNew("kernel_memory") ? sample.kernel : null;
    const available = memory?.available_bytes ?? null;
    const room = (value: number) => available === null ? null : value + available;
    if (isNew("slabinfo")) this.#pinned.observe(sample);
    for (const { name, size_bytes, is_reclaimable } of isNew("slabinfo") ? sample.slab_caches ?? [] : []) {
      // Caches that the kernel shrinks under pressure are cache, like file contents; SUnreclaim holds the rest.
      if (isReclaimableSlab(name, is_reclaimable ?? null) && !this.#pinned.has(name)) continue;
      const identity = this.#of("kernel-slab", name, `slab cache ${name}`, MIN_RISE.slab);
      put(identity, size_bytes, room(size_bytes), AVAILABLE);
    }
    if (system_descriptors) {
      const { allocated, limit } = system_descriptors;
      const what = "file handles of the whole machine";
      put(
        this.#of("kernel-descriptors", "file-nr", what, MIN_RISE.descriptors, "count"),
        allocated,
        limit < 2 ** 40 ? limit : null,
        "fs.file-max",
      );
    }
    if (!kernel) return;
    for (const [kind, name, field, what, minRise, unit] of KERNEL_PARTS) {
      const value = kernel[field];
      if (value === null || value === undefined) continue;
      const limit = unit === "bytes" ? room(value) : null;
      put(this.#of(kind, name, what, minRise, unit), value, limit, AVAILABLE);
    }
  }

  #sharedMemory({ shared_memory: shared, memory }: Sample, put: Put): void {
    const available = memory?.available_bytes ?? 0;
    const total = (name: string, what: string, bytes: number) =>
      put(this.#of("shared-memory", name, what, MIN_RISE.shared), bytes, bytes + available, AVAILABLE);
    if (memory) total("Shmem", "shared memory and tmpfs", memory.shmem_bytes);
    if (!shared) return;
    total("System V", "System V segments", sum(shared.system_v, (each) => each.rss_bytes + each.swap_bytes));
    // Segments that nobody touches hold no memory, but their number is limited (kernel.shmmni).
    const what = "the number of System V segments";
    put(
      this.#of("shared-memory", "System V segments", what, MIN_RISE.segments, "count"),
      shared.system_v.length,
    );
    total("POSIX", "files in /dev/shm", sum(shared.posix, (each) => each.size_bytes));
    total("memfd", "memfd files", sum(shared.memfd, (each) => each.size_bytes));
    for (const { mount, used_bytes, size_bytes } of shared.tmpfs) {
      put(
        this.#of("tmpfs", mount, `files in ${mount}`, MIN_RISE.shared),
        used_bytes,
        size_bytes,
        "size of the mount",
      );
    }
  }

  #container(container: ContainerSample, put: Put): void {
    const { id, cgroup } = container;
    const more = { container: id, cgroup };
    this.#group("container-memory", id, containerTitle(container), more, container, put);
  }

  #unit(unit: UnitSample, put: Put): void {
    // Slices hold the units once more. Units of the system and of users share names: the path tells them apart.
    if (unit.kind === "slice") return;
    this.#group("unit-memory", unit.cgroup, unit.name, { unit: unit.name, cgroup: unit.cgroup }, unit, put);
  }

  #group(
    kind: "container-memory" | "unit-memory",
    id: string,
    title: string,
    more: Partial<Subject>,
    group: ContainerSample | UnitSample,
    put: Put,
  ): void {
    const leakable = cgroupLeakableBytes(group);
    if (leakable === null) return;
    const what = "memory it cannot give back";
    const identity = this.#of(kind, title, what, MIN_RISE.cgroup, "bytes", more, `${kind}/${id}`);
    // Its engine may answer later than the tree.
    identity.subject.name = title;
    put(identity, leakable, ...limitOf(group, leakable));
    if (group.shmem_bytes === null) return;
    const shared = this.#of(
      kind,
      title,
      "its shared memory and tmpfs files",
      MIN_RISE.shared,
      "bytes",
      more,
      `${kind}/${id}/shared`,
    );
    shared.subject.name = title;
    put(shared, group.shmem_bytes, ...limitOf(group, group.shmem_bytes));
  }

  #of(
    kind: FindingKind,
    name: string,
    what: string,
    minRise: number,
    unit: Unit = "bytes",
    more: Partial<Subject> = {},
    key = `${kind}/${name}`,
  ): SeriesIdentity {
    let identity = this.#identities.get(key);
    if (!identity) {
      // Names of slab caches and kernel fields are few; containers and mounts come and go.
      if (this.#identities.size > MAX_IDENTITIES) this.#identities.clear();
      const subject = { pid: null, start_ticks: null, name, unit: null, container: null, ...more };
      this.#identities.set(key, identity = { key, kind, subject, unit, what, min_rise: minRise });
    }
    return identity;
  }
}

/** Keys of series that alert rules have variables for. */
export const kernelKeys = {
  slab_unreclaimable: "kernel-memory/SUnreclaim",
  unaccounted: "kernel-unaccounted/unaccounted",
  dying_cgroups: "kernel-cgroups/dying cgroups",
} as const;

const KERNEL_BYTES = [
  ["SUnreclaim", "slab_unreclaimable_bytes", "unreclaimable slab"],
  ["PageTables", "page_tables_bytes", "page tables"],
  ["KernelStack", "kernel_stack_bytes", "kernel stacks"],
  ["Percpu", "percpu_bytes", "per-CPU memory"],
  ["VmallocUsed", "vmalloc_used_bytes", "vmalloc memory"],
  ["SecPageTables", "secondary_page_tables_bytes", "page tables of virtual machines"],
  ["Hugetlb", "hugetlb_bytes", "huge pages set aside"],
] as const;

const KERNEL_PARTS = [
  ["kernel-memory", "tcp", "tcp_bytes", "memory of TCP sockets", MIN_RISE.kernel, "bytes"],
  ["kernel-memory", "udp", "udp_bytes", "memory of UDP sockets", MIN_RISE.kernel, "bytes"],
  ["kernel-memory", "fragments", "fragment_bytes", "memory of IP fragments", MIN_RISE.kernel, "bytes"],
  [
    "kernel-memory",
    "balloon",
    "balloon_bytes",
    "memory that the hypervisor took back",
    MIN_RISE.host,
    "bytes",
  ],
  ["kernel-memory", "sockets", "sockets", "the number of sockets", MIN_RISE.sockets, "count"],
  [
    "kernel-memory",
    "network namespaces",
    "network_namespaces",
    "the number of network namespaces",
    MIN_RISE.namespaces,
    "count",
  ],
  ["kernel-memory", "mounts", "mounts", "the number of mounts", MIN_RISE.mounts, "count"],
  [
    "kernel-cgroups",
    "dying cgroups",
    "dying_cgroups",
    "the number of dying cgroups",
    MIN_RISE.cgroups,
    "count",
  ],
  ["kernel-cgroups", "cgroups", "cgroups", "the number of cgroups", MIN_RISE.cgroups, "count"],
] as const;

/** The limit counts the working set; what is left of it, on top of the value. */
function limitOf(
  { limit_bytes, working_set_bytes }: ContainerSample | UnitSample,
  value: number,
): [number | null, string] {
  if (limit_bytes === null) return [null, "memory limit"];
  return [value + Math.max(0, limit_bytes - (working_set_bytes ?? value)), "memory limit"];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
