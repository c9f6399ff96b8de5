/** Who has the memory: parts of /proc/meminfo that add up to MemTotal. */

import type { MemoryInfo } from "../../model/sample.ts";
import type { Composition } from "./api.ts";

/**
 * Cached holds shared memory (Shmem), so that is taken out of the page cache. Kernel memory is what the kernel names
 * besides slab; vmalloc holds the kernel stacks where CONFIG_VMAP_STACK is set, so they are not added again. What nobody
 * accounts for may be negative by a few pages (per-CPU counters); it is shown from 0 and the difference goes to the cache.
 */
export function compose(memory: MemoryInfo | null): Composition | null {
  if (!memory) return null;
  const unaccounted_bytes = Math.max(0, memory.unaccounted_bytes);
  const programs_bytes = memory.anon_bytes;
  const shared_bytes = memory.shmem_bytes;
  const cache = Math.max(
    0,
    memory.cached_bytes + memory.buffers_bytes - shared_bytes,
  );
  const slab_bytes = memory.slab_bytes;
  const free_bytes = memory.free_bytes;
  const named = programs_bytes + shared_bytes + cache + slab_bytes + free_bytes + unaccounted_bytes;
  const kernel_bytes = Math.max(0, memory.total_bytes - named);
  const over = Math.max(0, named - memory.total_bytes);
  return {
    total_bytes: memory.total_bytes,
    programs_bytes,
    shared_bytes,
    cache_bytes: Math.max(0, cache - over),
    slab_bytes,
    kernel_bytes,
    unaccounted_bytes,
    free_bytes,
    available_bytes: memory.available_bytes,
    swap_total_bytes: memory.swap_total_bytes,
    swap_used_bytes: memory.swap_total_bytes - memory.swap_free_bytes,
  };
}
