/** "Where is my memory": a table that adds up to MemTotal, with the remainder named. Pure. */

import type { KernelMemory, MemoryInfo } from "./sample.ts";
import { GLOSSARY, type GlossaryTerm } from "./glossary.ts";

export interface MemoryMapRow {
  /** Stable key: a term of the glossary. */
  key: GlossaryTerm;
  name: string;
  bytes: number;
  /** Of MemTotal, 0 to 1. */
  ratio: number;
  meaning: string;
}

export interface MemoryMap {
  total_bytes: number;
  /** In the order of a report, free last; their bytes add up to `total_bytes` exactly. */
  rows: MemoryMapRow[];
  /** What the rows do not show: one sentence each. */
  notes: string[];
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;

/**
 * Splits MemTotal by the lines of /proc/meminfo that do not overlap (fs/proc/meminfo.c). Shmem is taken out of Cached, which
 * includes it, and kernel stacks out of VmallocUsed, which includes them under CONFIG_VMAP_STACK. `unaccounted` is the rest. The
 * kernel's per-CPU counters are off by a few MB, so it may be slightly negative.
 */
export function memoryMap(memory: MemoryInfo, kernel: KernelMemory | null = null): MemoryMap {
  // VmallocUsed is honest since Linux 5.3 (collectors/kernel/meminfo.ts); before, the stacks stand alone.
  const vmallocIsHonest = (memory.vmalloc_used_bytes ?? 0) > 0 && memory.kernel_reclaimable_bytes !== null;
  const vmalloc = vmallocIsHonest ? memory.vmalloc_used_bytes! : 0;
  const allStacks = memory.kernel_stack_bytes ?? 0;
  const stacks = vmallocIsHonest ? Math.min(allStacks, vmalloc) : allStacks;
  const reclaimableSlab = memory.slab_reclaimable_bytes ?? 0;
  const unreclaimableSlab = memory.slab_bytes - reclaimableSlab;
  const parts: [GlossaryTerm, number][] = [
    ["programs", memory.anon_bytes],
    ["shared_memory", memory.shmem_bytes],
    ["page_cache", memory.cached_bytes - memory.shmem_bytes],
    ["buffers", memory.buffers_bytes],
    ["slab_reclaimable", reclaimableSlab],
    ["slab_unreclaimable", unreclaimableSlab],
    [
      "kernel_reclaimable_other",
      memory.kernel_reclaimable_bytes === null ? 0 : memory.kernel_reclaimable_bytes - reclaimableSlab,
    ],
    ["kernel_stacks", stacks],
    ["vmalloc", vmallocIsHonest ? vmalloc - stacks : 0],
    ["page_tables", memory.page_tables_bytes ?? 0],
    ["secondary_page_tables", memory.secondary_page_tables_bytes ?? 0],
    ["per_cpu", memory.percpu_bytes ?? 0],
    ["huge_pages", memory.hugetlb_bytes ?? 0],
    ["zswap", memory.zswap_bytes ?? 0],
    ["bounce", memory.bounce_bytes ?? 0],
    ["writeback_tmp", memory.writeback_tmp_bytes ?? 0],
  ];
  let rest = memory.total_bytes - memory.free_bytes;
  for (const [, bytes] of parts) rest -= bytes;
  // zram's pages are in no other line. They were read at another moment than the rest: never more than is left.
  const zram = Math.max(0, Math.min(kernel?.zram_bytes ?? 0, rest));
  // Its mapped pages are in AnonPages too; only what is not mapped is missing, so never more than is left either.
  const swapCache = Math.max(0, Math.min(memory.swap_cached_bytes, rest - zram));
  rest -= swapCache;
  parts.push(["swap_cache", swapCache], ["zram", zram], ["unaccounted", rest - zram], [
    "free",
    memory.free_bytes,
  ]);
  const always = new Set<GlossaryTerm>(["programs", "page_cache", "unaccounted", "free"]);
  return {
    total_bytes: memory.total_bytes,
    rows: parts.filter(([key, bytes]) => bytes !== 0 || always.has(key)).map(([key, bytes]) => ({
      key,
      name: GLOSSARY[key].name,
      bytes,
      ratio: memory.total_bytes > 0 ? bytes / memory.total_bytes : 0,
      meaning: GLOSSARY[key].meaning,
    })),
    notes: notesOn(memory, kernel, rest - zram),
  };
}

/** Unaccounted memory of this share is worth a word; a few per cent are drivers at work. */
const MUCH_UNACCOUNTED = 0.1;

function notesOn(memory: MemoryInfo, kernel: KernelMemory | null, unaccounted: number): string[] {
  const notes: string[] = [];
  for (const pool of kernel?.huge_pages ?? []) {
    if (pool.free === 0) continue;
    const size = mebibytes(pool.free * pool.page_bytes);
    notes.push(
      `${pool.free} of ${pool.total} huge pages of ${
        mebibytes(pool.page_bytes)
      } are unused: ${size} reserved for nobody`,
    );
  }
  const balloon = memory.balloon_bytes ?? kernel?.balloon_bytes ?? 0;
  if (balloon > 0) {
    notes.push(
      `the hypervisor has taken ${mebibytes(balloon)} back; depending on the driver it counts as unaccounted`,
    );
  }
  if (unaccounted > memory.total_bytes * MUCH_UNACCOUNTED) {
    const percent = Math.round((unaccounted / memory.total_bytes) * 100);
    notes.push(
      `${percent} % of memory is in no counter of the kernel: drivers, graphics buffers or socket buffers hold it`,
    );
  }
  const { network_namespaces: alive, network_namespaces_visible: visible } = kernel ?? {};
  if (alive != null && visible != null && alive > visible * 2 + 10) {
    notes.push(
      `the kernel holds ${alive} network namespaces, of which ${visible} can be seen: the others are pinned`,
    );
  }
  if (memory.cma_total_bytes) {
    notes.push(
      `${
        mebibytes(memory.cma_total_bytes)
      } are CMA, which programs may use too: it is in the rows above already`,
    );
  }
  return notes;
}
