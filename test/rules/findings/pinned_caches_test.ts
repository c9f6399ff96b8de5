import { deepStrictEqual } from "node:assert";
import { emptySample } from "../../../model/empty_sample.ts";
import { PinnedCaches } from "../../../rules/findings/pinned_caches.ts";
import { GiB, MiB, someMemory } from "./machine.ts";

const PAGE = 4096;

/** `scanned`: bytes that the kernel has looked at for reclaim. */
function sample(scanned: number, dentry: number, inodes: number, available: number) {
  const cache = (name: string, size_bytes: number) => ({
    ...{ name, size_bytes, active_objects: 1, objects: 1, object_bytes: 192 },
  });
  const made = emptySample();
  made.host.page_bytes = PAGE;
  made.memory = someMemory({
    cached_bytes: GiB,
    shmem_bytes: 0,
    buffers_bytes: 0,
    available_bytes: available,
  });
  made.slab_caches = [
    cache("dentry", dentry),
    cache("ext4_inode_cache", inodes),
    cache("kmalloc-64", dentry),
  ];
  made.vmstat = {
    ...{ swap_in_bytes: 0, swap_out_bytes: 0, oom_kills: 0, major_faults: 0 },
    ...{ direct_reclaim_scanned_pages: 0, kswapd_scanned_pages: scanned / PAGE },
  };
  return made;
}

Deno.test("a cache is pinned that grew while all of the page cache was looked at once, until it gives way", () => {
  const caches = new PinnedCaches();
  const pinned = () => ["dentry", "ext4_inode_cache", "kmalloc-64"].filter((name) => caches.has(name));
  caches.observe(sample(0, 100 * MiB, 300 * MiB, 4 * GiB));
  caches.observe(sample(GiB / 2, 300 * MiB, 200 * MiB, 3 * GiB));
  deepStrictEqual(pinned(), []);
  caches.observe(sample(1.1 * GiB, 400 * MiB, 100 * MiB, 2 * GiB));
  deepStrictEqual(pinned(), ["dentry"]);
  caches.observe(sample(2.5 * GiB, 90 * MiB, 80 * MiB, 3 * GiB));
  deepStrictEqual(pinned(), []);
});

Deno.test("without vmstat nothing is known", () => {
  const caches = new PinnedCaches();
  for (const scanned of [0, 2 * GiB]) {
    caches.observe({ ...sample(scanned, 100 * MiB + scanned, MiB, 4 * GiB - scanned), vmstat: null });
  }
  deepStrictEqual(caches.has("dentry"), false);
});
