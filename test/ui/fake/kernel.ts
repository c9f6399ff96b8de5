/** The kernel's side of the made-up machine: memory, zones, slab caches, counts, shared memory. */

import type { MemoryInfo, Sample } from "../../../model/sample.ts";
import { GIB, MIB, noise } from "./noise.ts";

/** Where `anon` bytes are the programs'. */
export function memoryAt(time: number, hours: number, anon: number, gib = 16): MemoryInfo {
  const total = gib * GIB;
  const cached = (3.6 + 0.5 * Math.sin(hours / 1.3) + noise(Math.floor(time / 5)) * 0.04) * GIB;
  const shmem = 0.4 * GIB;
  const slab = (0.7 + 0.014 * hours) * GIB;
  const kernel = 0.35 * GIB, unaccounted = 0.12 * GIB;
  const free = Math.max(0.1 * GIB, total - anon - cached - slab - kernel - unaccounted);
  return {
    total_bytes: total,
    free_bytes: free,
    available_bytes: free + (cached - shmem) * 0.85,
    buffers_bytes: 0.2 * GIB,
    cached_bytes: cached - 0.2 * GIB,
    swap_cached_bytes: 0,
    anon_bytes: anon,
    shmem_bytes: shmem,
    file_mapped_bytes: 0.5 * GIB,
    slab_bytes: slab,
    slab_reclaimable_bytes: slab * 0.7,
    slab_unreclaimable_bytes: slab * 0.3,
    kernel_reclaimable_bytes: slab * 0.7,
    kernel_stack_bytes: 14 * MIB,
    page_tables_bytes: 60 * MIB,
    secondary_page_tables_bytes: 0,
    percpu_bytes: 20 * MIB,
    vmalloc_used_bytes: 90 * MIB,
    hugetlb_bytes: 0,
    zswap_bytes: null,
    bounce_bytes: 0,
    writeback_tmp_bytes: 0,
    cma_total_bytes: null,
    cma_free_bytes: null,
    unevictable_bytes: 0,
    mlocked_bytes: 0,
    committed_bytes: 9 * GIB,
    commit_limit_bytes: 10 * GIB,
    balloon_bytes: null,
    swap_total_bytes: 2 * GIB,
    swap_free_bytes: 1.8 * GIB,
    unaccounted_bytes: unaccounted,
  };
}

export function zonesAt(hours: number): Sample["zones"] {
  return ["DMA32", "Normal"].map((zone, z) => ({
    node: 0,
    zone,
    free_bytes: (z ? 900 : 300) * MIB,
    free_blocks: Array.from({ length: 11 }, (_, order) => Math.round(4000 / 2 ** order)),
    unusable: Array.from(
      { length: 11 },
      (_, order) =>
        Math.min(
          1,
          Math.max(0, (order / 10) ** 1.6 * (0.5 + 0.35 * Math.sin(hours * 1.7 + order / 3 + z))),
        ),
    ),
  }));
}

export function slabCachesAt(hours: number): Sample["slab_caches"] {
  const caches = [
    "dentry",
    "ext4_inode_cache",
    "buffer_head",
    "kmalloc-512",
    "radix_tree_node",
    "filp",
    "vm_area_struct",
    "inode_cache",
    "proc_inode_cache",
    "kmalloc-4k",
    "sock_inode_cache",
    "task_struct",
  ];
  return caches.map((name, i) => {
    const size = (220 / (i + 1) + (i === 3 ? 14 * hours : 0) + noise(i + hours) * 0.4) * MIB;
    return {
      name,
      object_bytes: 192 + 64 * i,
      objects: Math.round(size / (192 + 64 * i)),
      active_objects: Math.round(size / (192 + 64 * i) * 0.93),
      size_bytes: Math.round(size),
    };
  });
}

export const KERNEL: Sample["kernel"] = {
  dying_cgroups: 14,
  cgroups: 92,
  network_namespaces: 3,
  network_namespaces_visible: 3,
  tcp_bytes: 2 * MIB,
  udp_bytes: 0,
  sockets: 431,
  inodes: 84_211,
  dentries: 120_400,
  modules: 122,
  mounts: 20,
  fragment_bytes: 0,
  huge_pages: [],
  zram_bytes: null,
  balloon_bytes: null,
};

export const SHARED_MEMORY: Sample["shared_memory"] = {
  system_v: [{
    key: 0,
    id: 3,
    owner: "postgres",
    creator_pid: 900,
    size_bytes: 56 * MIB,
    rss_bytes: 50 * MIB,
    swap_bytes: 0,
    attached: 6,
  }],
  posix: [],
  memfd: [],
  tmpfs: [{ mount: "/dev/shm", used_bytes: 210 * MIB, size_bytes: 8 * GIB, inodes_used: 12 }, {
    mount: "/run",
    used_bytes: 3 * MIB,
    size_bytes: 1.6 * GIB,
    inodes_used: 900,
  }],
};
