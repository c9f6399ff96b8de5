import type { ContainerSample, Sample, UnitSample } from "../../model/sample.ts";
import { containerTitle } from "../../model/container_title.ts";
import type { FindingKind, Subject, Unit } from "../../model/finding.ts";
import type { SeriesIdentity } from "./series_registry.ts";

/** Takes one measured value of one series; null values are left out by the caller. */
export type Put = (
  identity: SeriesIdentity,
  value: number,
  limit?: number | null,
  limitName?: string | null,
) => void;

/** All series of a sample that do not belong to one process. */
export function eachMachineSeries(sample: Sample, put: Put): void {
  eachOfMemory(sample, put);
  eachOfKernel(sample, put);
  eachOfSharedMemory(sample, put);
  for (const container of sample.containers) ofContainer(container, put);
  for (const unit of sample.units) ofUnit(unit, put);
}

/** Identity of a series that belongs to the machine, under a name. */
function named(
  kind: FindingKind,
  name: string,
  what: string,
  unit: Unit = "bytes",
  more?: Partial<Subject>,
): SeriesIdentity {
  const subject = { pid: null, start_ticks: null, name, unit: null, container: null, ...more };
  return { key: `${kind}/${name}`, kind, subject, unit, what };
}

const IN_USE = named("system-memory", "MemAvailable", "memory in use (total less available)");
const SWAP = named("system-memory", "swap", "swap in use");
const UNACCOUNTED = named("kernel-unaccounted", "unaccounted", "memory that the kernel accounts to nobody");

function eachOfMemory({ memory }: Sample, put: Put): void {
  if (!memory) return;
  put(IN_USE, memory.total_bytes - memory.available_bytes, memory.total_bytes, "MemAvailable");
  if (memory.swap_total_bytes > 0) {
    put(SWAP, memory.swap_total_bytes - memory.swap_free_bytes, memory.swap_total_bytes, "SwapTotal");
  }
  const available = memory.available_bytes;
  put(UNACCOUNTED, memory.unaccounted_bytes, memory.unaccounted_bytes + available, "MemAvailable");
  for (const [name, field, what] of KERNEL_BYTES) {
    const value = memory[field];
    if (value !== null) put(kernelIdentity(name, what), value, value + available, "MemAvailable");
  }
}

const KERNEL_BYTES = [
  ["SUnreclaim", "slab_unreclaimable_bytes", "unreclaimable slab"],
  ["PageTables", "page_tables_bytes", "page tables"],
  ["KernelStack", "kernel_stack_bytes", "kernel stacks"],
  ["Percpu", "percpu_bytes", "per-CPU memory"],
  ["VmallocUsed", "vmalloc_used_bytes", "vmalloc memory"],
  ["SecPageTables", "secondary_page_tables_bytes", "page tables of virtual machines"],
  ["Hugetlb", "hugetlb_bytes", "huge pages set aside"],
  ["Zswap", "zswap_bytes", "compressed swap in memory"],
] as const;

const identities = new Map<string, SeriesIdentity>();

function remembered(key: string, make: () => SeriesIdentity): SeriesIdentity {
  let identity = identities.get(key);
  if (!identity) {
    // Names of slab caches and kernel fields are few; containers and mounts come and go.
    if (identities.size > 5000) identities.clear();
    identities.set(key, identity = make());
  }
  return identity;
}

function kernelIdentity(name: string, what: string, unit: Unit = "bytes"): SeriesIdentity {
  return remembered(`kernel-memory/${name}`, () => named("kernel-memory", name, what, unit));
}

function eachOfKernel(sample: Sample, put: Put): void {
  const { system_descriptors, memory } = sample;
  // A value read again and again from an older pass would pass for several observations.
  const isNew = (collector: string) => sample.renewed.size === 0 || sample.renewed.has(collector);
  const slab_caches = isNew("slabinfo") ? sample.slab_caches : null;
  const kernel = isNew("kernel_memory") ? sample.kernel : null;
  const available = memory?.available_bytes ?? null;
  const room = (value: number) => available === null ? null : value + available;
  for (const { name, size_bytes } of slab_caches ?? []) {
    const identity = remembered(
      `kernel-slab/${name}`,
      () => named("kernel-slab", name, `slab cache ${name}`),
    );
    put(identity, size_bytes, room(size_bytes), "MemAvailable");
  }
  if (system_descriptors) {
    const { allocated, limit } = system_descriptors;
    const identity = remembered(
      "kernel-descriptors",
      () => named("kernel-descriptors", "file-nr", "file handles of the whole machine", "count"),
    );
    put(identity, allocated, limit < 2 ** 40 ? limit : null, "fs.file-max");
  }
  if (!kernel) return;
  if (kernel.dying_cgroups !== null) {
    put(
      remembered(
        "kernel-cgroups",
        () => named("kernel-cgroups", "dying cgroups", "the number of dying cgroups", "count"),
      ),
      kernel.dying_cgroups,
    );
  }
  if (kernel.cgroups !== null) {
    put(
      remembered(
        "kernel-cgroups/all",
        () => named("kernel-cgroups", "cgroups", "the number of cgroups", "count"),
      ),
      kernel.cgroups,
    );
  }
  for (const [name, field, what, unit] of KERNEL_PARTS) {
    const value = kernel[field];
    if (value !== null) {
      put(kernelIdentity(name, what, unit), value, unit === "bytes" ? room(value) : null, "MemAvailable");
    }
  }
}

const KERNEL_PARTS = [
  ["tcp", "tcp_bytes", "memory of TCP sockets", "bytes"],
  ["udp", "udp_bytes", "memory of UDP sockets", "bytes"],
  ["fragments", "fragment_bytes", "memory of IP fragments", "bytes"],
  ["zram", "zram_bytes", "memory of compressed swap devices", "bytes"],
  ["balloon", "balloon_bytes", "memory that the hypervisor took back", "bytes"],
  ["sockets", "sockets", "the number of sockets", "count"],
  ["network namespaces", "network_namespaces", "the number of network namespaces", "count"],
] as const;

function eachOfSharedMemory({ shared_memory, memory }: Sample, put: Put): void {
  const available = memory?.available_bytes ?? 0;
  const total = (kind: string, what: string, bytes: number) =>
    put(
      remembered(`shared-memory/${kind}`, () => named("shared-memory", kind, what)),
      bytes,
      bytes + available,
      "MemAvailable",
    );
  if (memory) total("Shmem", "shared memory and tmpfs", memory.shmem_bytes);
  if (!shared_memory) return;
  total(
    "System V",
    "System V segments",
    sum(shared_memory.system_v, (segment) => segment.rss_bytes + segment.swap_bytes),
  );
  total("POSIX", "files in /dev/shm", sum(shared_memory.posix, (segment) => segment.size_bytes));
  total("memfd", "memfd files", sum(shared_memory.memfd, (file) => file.size_bytes));
  for (const { mount, used_bytes, size_bytes } of shared_memory.tmpfs) {
    const identity = remembered(`tmpfs/${mount}`, () => named("tmpfs", mount, `files in ${mount}`));
    put(identity, used_bytes, size_bytes, "size of the mount");
  }
}

function ofContainer(container: ContainerSample, put: Put): void {
  const value = unreclaimable(container);
  if (value === null) return;
  const identity = remembered(`container-memory/${container.id}`, () => ({
    ...named(
      "container-memory",
      containerTitle(container),
      "memory it cannot give back",
      "bytes",
      {
        container: container.id,
      },
    ),
    key: `container-memory/${container.id}`,
  }));
  // Its engine may answer later than the tree.
  identity.subject.name = containerTitle(container);
  put(identity, value, ...limitOf(container, value));
}

function ofUnit(unit: UnitSample, put: Put): void {
  // Slices hold the units once more.
  const value = unit.kind === "slice" ? null : unreclaimable(unit);
  if (value === null) return;
  const identity = remembered(`unit-memory/${unit.cgroup}`, () => ({
    ...named("unit-memory", unit.name, "memory it cannot give back", "bytes", { unit: unit.name }),
    key: `unit-memory/${unit.cgroup}`,
  }));
  put(identity, value, ...limitOf(unit, value));
}

/** Anonymous, shared and swapped memory and what the kernel cannot take back: what a leak ends up in. */
function unreclaimable(group: ContainerSample | UnitSample): number | null {
  if (group.anon_bytes === null) return null;
  return group.anon_bytes + (group.shmem_bytes ?? 0) + (group.swap_bytes ?? 0) +
    (group.kernel_unreclaimable_bytes ?? 0);
}

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
