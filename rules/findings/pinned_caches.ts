/** Slab caches that count as cache and yet do not give way when the kernel wants memory: their objects are pinned, and judged. */

import { isReclaimableSlab, resistsReclaim } from "../../model/reclaimable_slab.ts";
import type { Sample } from "../../model/sample.ts";

interface Window {
  scanned_bytes: number;
  page_cache_bytes: number;
  available_bytes: number;
  sizes: Map<string, number>;
}

/** One window after the other, each as long as the kernel takes to look at all of the page cache once. */
export class PinnedCaches {
  #window: Window | null = null;
  #pinned = new Set<string>();

  has(name: string): boolean {
    return this.#pinned.has(name);
  }

  /** Adds a sample whose slab caches are new. */
  observe(sample: Sample): void {
    const now = windowAt(sample);
    if (now === null) return;
    const begin = this.#window ??= now;
    const scanned_bytes = now.scanned_bytes - begin.scanned_bytes;
    if (scanned_bytes < 0) this.#window = now;
    if (scanned_bytes < begin.page_cache_bytes || begin === now) return;
    const { page_cache_bytes } = begin, available_change_bytes = now.available_bytes - begin.available_bytes;
    this.#pinned = new Set(
      [...now.sizes].filter(([name, size]) =>
        resistsReclaim({
          cache_change_bytes: size - (begin.sizes.get(name) ?? size),
          ...{ scanned_bytes, page_cache_bytes, available_change_bytes },
        })
      ).map(([name]) => name),
    );
    this.#window = now;
  }
}

/** null where something of it was not read. */
function windowAt({ memory, vmstat, slab_caches, host }: Sample): Window | null {
  const kswapd = vmstat?.kswapd_scanned_pages ?? null, direct = vmstat?.direct_reclaim_scanned_pages ?? null;
  if (!memory || !slab_caches || kswapd === null || direct === null) return null;
  const sizes = new Map<string, number>();
  for (const { name, size_bytes } of slab_caches) if (isReclaimableSlab(name)) sizes.set(name, size_bytes);
  return {
    scanned_bytes: (kswapd + direct) * host.page_bytes,
    page_cache_bytes: memory.cached_bytes - memory.shmem_bytes + memory.buffers_bytes,
    available_bytes: memory.available_bytes,
    sizes,
  };
}
