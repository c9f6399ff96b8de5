/** Kernel memory that no line of /proc/meminfo names: cgroups left over, namespaces, sockets, inodes, huge pages, zram. */

import { readCgroupCount } from "../cgroup/cgroup_watch.ts";
import { parseFlatKeyed } from "../cgroup/cgroup_parse.ts";
import type { Collector, CollectorContext } from "../collector.ts";
import type { Roots } from "../roots.ts";
import { emptyKernelMemory } from "../../model/empty_records.ts";
import {
  parseBalloonPages,
  parseFirstNumber,
  parseHugePagePool,
  parseSockstat,
  parseZramUsed,
} from "../procfs/kernel_parse.ts";
import { readTextOrNull } from "../fs.ts";
import type { HugePagePool, KernelMemory, Sample } from "../../model/sample.ts";

/** Names in a directory, sorted; empty where it is missing. */
function listNames(directory: string): string[] {
  try {
    return Array.from(Deno.readDirSync(directory), (entry) => entry.name).sort();
  } catch {
    return [];
  }
}

function readHugePages(roots: Roots): HugePagePool[] | null {
  const base = `${roots.sys}/kernel/mm/hugepages`;
  const pools: HugePagePool[] = [];
  for (const name of listNames(base)) {
    const read = (file: string) => readTextOrNull(`${base}/${name}/${file}`);
    const pool = parseHugePagePool(name, read("nr_hugepages"), read("free_hugepages"));
    if (pool !== null) pools.push(pool);
  }
  return pools.length > 0 ? pools : null;
}

function readZram(roots: Roots): number | null {
  let used: number | null = null;
  for (const name of listNames(`${roots.sys}/block`)) {
    if (!name.startsWith("zram")) continue;
    const bytes = parseZramUsed(readTextOrNull(`${roots.sys}/block/${name}/mm_stat`) ?? "");
    if (bytes !== null) used = (used ?? 0) + bytes;
  }
  return used;
}

/**
 * Cgroups that were removed but live on because memory is still charged to them. Version 2 counts them; version 1 does
 * not, but the kernel's own count of cgroups (/proc/cgroups) includes them and the tree's directories do not.
 */
function readCgroupCounts(
  context: CollectorContext,
): { dying_cgroups: number | null; cgroups: number | null } {
  const watch = context.cgroups;
  const { layout } = watch;
  if (layout === null) return { dying_cgroups: null, cgroups: null };
  const stat = layout.unified
    ? parseFlatKeyed(readTextOrNull(`${layout.unified}/cgroup.stat`) ?? "")
    : new Map<string, number>();
  const dying = stat.get("nr_dying_descendants") ?? null;
  const directories = watch.directories > 0 ? watch.directories : null;
  if (layout.memory !== 1) {
    return { dying_cgroups: dying, cgroups: stat.get("nr_descendants") ?? directories };
  }
  const counted = readCgroupCount(context.roots);
  // Without a whole walk, or with only our own part of the tree, the difference would mean nothing.
  if (
    counted === null || watch.counted === null || directories === null || watch.truncated || layout.namespaced
  ) {
    return { dying_cgroups: dying, cgroups: directories };
  }
  // The walk may be seconds old on a large tree: only counts of one moment may be subtracted.
  const left = Math.max(0, watch.counted - directories);
  return { dying_cgroups: left + (dying ?? 0), cgroups: Math.max(0, counted - left) };
}

function readKernelMemory(
  sample: Sample,
  context: CollectorContext,
): Omit<KernelMemory, "network_namespaces_visible"> {
  const { proc } = context.roots;
  const read = (file: string) => readTextOrNull(`${proc}/${file}`);
  // The slab collector has read /proc/slabinfo already, which costs milliseconds.
  const cache = (name: string) =>
    sample.slab_caches?.find((slab) => slab.name === name)?.active_objects ?? null;
  const pageBytes = sample.host.page_bytes;
  const sockets = parseSockstat(read("net/sockstat") ?? "", pageBytes);
  const balloonPages = parseBalloonPages(read("vmstat") ?? "");
  return {
    ...readCgroupCounts(context),
    ...sockets,
    network_namespaces: cache("net_namespace"),
    inodes: parseFirstNumber(read("sys/fs/inode-nr")),
    dentries: parseFirstNumber(read("sys/fs/dentry-state")),
    modules: countLines(read("modules")),
    mounts: countLines(read("1/mountinfo") ?? read("self/mountinfo")),
    huge_pages: readHugePages(context.roots),
    zram_bytes: readZram(context.roots),
    balloon_bytes: balloonPages === null ? null : balloonPages * pageBytes,
  };
}

const countLines = (text: string | null): number | null =>
  text === null ? null : text.split("\n").filter((line) => line !== "").length;

/** Kernel memory outside /proc/meminfo. */
export function kernelMemoryCollector(context: CollectorContext): Collector {
  return {
    name: "kernel_memory",
    source: "/proc/cgroups, /proc/net/sockstat, /proc/sys/fs",
    tier: "normal",
    collect(sample) {
      sample.kernel = Object.assign(sample.kernel ?? emptyKernelMemory(), readKernelMemory(sample, context));
    },
  };
}
