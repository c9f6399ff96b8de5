/** "Where is my memory": lines that add up to MemTotal, with the meaning of each. Pure. */

import type { MemoryInfo } from "../../collectors/sample.ts";
import type { MemoryMapLine } from "./api.ts";
import { compose } from "./composition.ts";

/** Meanings follow Documentation/filesystems/proc.rst of the kernel. */
export function memoryMapLines(memory: MemoryInfo): MemoryMapLine[] {
  const parts = compose(memory)!;
  const pageTables = memory.page_tables_bytes ?? 0;
  const percpu = memory.percpu_bytes ?? 0;
  const vmalloc = Math.min(
    memory.vmalloc_used_bytes ?? 0,
    Math.max(0, parts.kernel_bytes - pageTables - percpu),
  );
  const lines: MemoryMapLine[] = [
    {
      name: "programs",
      bytes: parts.programs_bytes,
      meaning: "Heaps and stacks of programs (AnonPages): goes only when they free it or end.",
    },
    {
      name: "shared",
      bytes: parts.shared_bytes,
      meaning: "Shared memory, memfd and tmpfs (Shmem): stays until deleted, even without any process.",
    },
    {
      name: "page cache",
      bytes: parts.cache_bytes,
      meaning: "File contents kept for speed (Cached and Buffers without Shmem): given back on demand.",
    },
    {
      name: "slab",
      bytes: parts.slab_bytes,
      meaning: "Kernel objects such as inodes, dentries and sockets (Slab); part of it can be reclaimed.",
    },
    { name: "page tables", bytes: pageTables, meaning: "The maps of programs' memory (PageTables)." },
    {
      name: "vmalloc",
      bytes: vmalloc,
      meaning: "Large kernel areas: kernel stacks, modules, buffers (VmallocUsed).",
    },
    { name: "per-CPU", bytes: percpu, meaning: "Counters that each processor has of its own (Percpu)." },
    {
      name: "other kernel",
      bytes: Math.max(0, parts.kernel_bytes - pageTables - percpu - vmalloc),
      meaning: "What the kernel names besides: huge pages, zswap, bounce buffers, the rest.",
    },
    {
      name: "unaccounted",
      bytes: parts.unaccounted_bytes,
      meaning: "Pages that drivers and the kernel took without any line saying so: watch its growth.",
    },
    { name: "free", bytes: parts.free_bytes, meaning: "Used by nobody (MemFree)." },
  ];
  return lines.filter((line) => line.bytes > 0);
}
