import type { Collector } from "../collector.ts";
import { ParseError, readText } from "../fs.ts";
import type { MemoryInfo } from "../../model/sample.ts";

/** Lines of /proc/meminfo as bytes (or plain counts where the line has no unit). */
export function parseMeminfoLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  for (const line of text.split("\n")) {
    const match = /^([^:\s]+):\s+(\d+)( kB)?\s*$/.exec(line);
    if (match) lines.set(match[1]!, Number(match[2]) * (match[3] ? 1024 : 1));
  }
  return lines;
}

/**
 * /proc/meminfo (Documentation/filesystems/proc.rst). Lines that this kernel does not have are null; MemAvailable (Linux
 * 3.14) is estimated where it is missing. Throws ParseError without MemTotal and MemFree.
 */
export function parseMeminfo(text: string): MemoryInfo {
  const lines = parseMeminfoLines(text);
  const must = (key: string): number => {
    const value = lines.get(key);
    if (value === undefined) throw new ParseError("/proc/meminfo", `no line ${key}`);
    return value;
  };
  const may = (key: string): number | null => lines.get(key) ?? null;
  const zero = (key: string): number => lines.get(key) ?? 0;

  const hugePages = may("HugePages_Total");
  const hugePageBytes = may("Hugepagesize");
  const memory: MemoryInfo = {
    total_bytes: must("MemTotal"),
    free_bytes: must("MemFree"),
    available_bytes: may("MemAvailable") ??
      Math.min(must("MemTotal"), must("MemFree") + zero("Buffers") + zero("Cached") + zero("SReclaimable")),
    buffers_bytes: zero("Buffers"),
    cached_bytes: zero("Cached"),
    swap_cached_bytes: zero("SwapCached"),
    anon_bytes: zero("AnonPages"),
    shmem_bytes: zero("Shmem"),
    file_mapped_bytes: zero("Mapped"),
    slab_bytes: zero("Slab"),
    slab_reclaimable_bytes: may("SReclaimable"),
    slab_unreclaimable_bytes: may("SUnreclaim"),
    kernel_reclaimable_bytes: may("KReclaimable"),
    kernel_stack_bytes: may("KernelStack"),
    page_tables_bytes: may("PageTables"),
    secondary_page_tables_bytes: may("SecPageTables"),
    percpu_bytes: may("Percpu"),
    vmalloc_used_bytes: may("VmallocUsed"),
    // The line Hugetlb (4.17) holds every page size; before it, the default size is all that is told.
    hugetlb_bytes: may("Hugetlb") ??
      (hugePages === null || hugePageBytes === null ? null : hugePages * hugePageBytes),
    zswap_bytes: may("Zswap"),
    bounce_bytes: may("Bounce"),
    writeback_tmp_bytes: may("WritebackTmp"),
    cma_total_bytes: may("CmaTotal"),
    cma_free_bytes: may("CmaFree"),
    unevictable_bytes: may("Unevictable"),
    mlocked_bytes: may("Mlocked"),
    committed_bytes: may("Committed_AS"),
    commit_limit_bytes: may("CommitLimit"),
    balloon_bytes: may("Balloon"),
    swap_total_bytes: zero("SwapTotal"),
    swap_free_bytes: zero("SwapFree"),
    unaccounted_bytes: 0,
  };
  memory.unaccounted_bytes = unaccountedBytes(memory);
  return memory;
}

/**
 * Memory that no line of /proc/meminfo names: pages that drivers and the kernel took straight from the page allocator.
 * Pipeline its growth over the lowest value since boot, not its size; a few MB below 0 is the counters' drift.
 *
 * SwapCached is left out: its mapped pages are in AnonPages too (mm/rmap.c counts a page as anonymous while it is mapped),
 * and only those that are not mapped are missing. Shmem lies in Cached; Unevictable, Mlocked and CMA are views of memory counted elsewhere. VmallocUsed is honest since
 * Linux 5.3 (before 4.4 it held device mappings, from 4.4 to 5.2 it read 0) and then holds the kernel stacks too, as
 * CONFIG_VMAP_STACK is the rule; where it is not honest the stacks stand alone. KReclaimable (4.20) tells the two apart.
 */
function unaccountedBytes(memory: MemoryInfo): number {
  const vmalloc = memory.vmalloc_used_bytes ?? 0;
  const vmallocIsHonest = vmalloc > 0 && memory.kernel_reclaimable_bytes !== null;
  const reclaimableBesideSlab = memory.kernel_reclaimable_bytes === null
    ? 0
    : memory.kernel_reclaimable_bytes - (memory.slab_reclaimable_bytes ?? 0);
  return memory.total_bytes - (
    memory.free_bytes + memory.buffers_bytes + memory.cached_bytes +
    memory.anon_bytes + memory.slab_bytes +
    (memory.page_tables_bytes ?? 0) + (memory.secondary_page_tables_bytes ?? 0) +
    (memory.percpu_bytes ?? 0) +
    (vmallocIsHonest ? vmalloc : memory.kernel_stack_bytes ?? 0) +
    (memory.hugetlb_bytes ?? 0) + (memory.zswap_bytes ?? 0) +
    (memory.bounce_bytes ?? 0) + (memory.writeback_tmp_bytes ?? 0) +
    reclaimableBesideSlab
  );
}

export function meminfoCollector(): Collector {
  return {
    name: "meminfo",
    source: "/proc/meminfo",
    tier: "fast",
    collect(sample, { roots }) {
      sample.memory = parseMeminfo(readText(`${roots.proc}/meminfo`));
    },
  };
}
