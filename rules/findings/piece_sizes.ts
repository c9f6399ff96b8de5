/** What one leaked thing occupies in the kernel's own counters, at most: for telling effects from causes. */

import type { Finding } from "../../model/finding.ts";

/** A kernel stack on x86-64 and arm64 (THREAD_SIZE). */
const THREAD_STACK_BYTES = 16 * 1024;
/** A thread's own stack as far as it is touched, and what its program keeps for it. */
const THREAD_MEMORY_BYTES = 64 * 1024;
/** Directory, files and counters of one cgroup in all their caches; per-CPU memory grows with the processors. */
const CGROUP_BYTES = 64 * 1024;
/** Sysctl tables, proc entries, per-CPU statistics and hash tables of one network namespace, in all caches together. */
const NETWORK_NAMESPACE_BYTES = 512 * 1024;

type Objects = readonly [pattern: RegExp, bytes: number][];

/**
 * Bytes in slab caches for one descriptor (include/linux/fs.h, net/sock.h; sizes of Linux 6 with room for debugging). The kernel
 * merges caches of one size under one name (mm/slab_common.c, find_mergeable): unix sockets may go by signal_cache.
 */
const OF_DESCRIPTOR: Objects = [
  [/^filp$/, 512],
  [/^dentry$/, 256],
  [/^(sock_inode_cache|inode_cache|shmem_inode_cache|UNIX|UDP|PING|RAW|PACKET|signal_cache)/, 1536],
  [/^(TCP|request_sock|tw_sock)/, 3072],
  [/^eventpoll/, 256],
];
const OF_THREAD: Objects = [
  [/^task_struct$/, THREAD_STACK_BYTES],
  [/^(vm_area_struct|vmap_area|pid|cred|maple_node|anon_vma)/, 1024],
];
const OF_MAPPING: Objects = [[/^(vm_area_struct|anon_vma|maple_node)/, 512]];
const OF_CGROUP: Objects = [[/^(kernfs_node_cache|kernfs_iattrs_cache|.*cgroup.*)/, CGROUP_BYTES]];
/** A mount: its own object, its directory entries and what the file system keeps for it. */
const OF_MOUNT: Objects = [[/^(mnt_cache|kmalloc|dentry|.*inode_cache)/, 4096]];

const bytesOf = (objects: Objects, cache: string) =>
  objects.find(([pattern]) => pattern.test(cache))?.[1] ?? 0;

/** Bytes that one piece of the finding puts into the slab cache of this name; 0: none. */
function inSlab({ kind, subject }: Finding, cache: string): number {
  switch (kind) {
    case "process-descriptors":
      return bytesOf(OF_DESCRIPTOR, cache);
    case "process-threads":
      return bytesOf(OF_THREAD, cache);
    case "process-mappings":
      return bytesOf(OF_MAPPING, cache);
    case "kernel-cgroups":
      return bytesOf(OF_CGROUP, cache);
    case "kernel-memory":
      // Fourteen caches grow with a network namespace; which ones depends on the configuration.
      return subject.name === "network namespaces"
        ? NETWORK_NAMESPACE_BYTES
        : subject.name === "mounts"
        ? bytesOf(OF_MOUNT, cache)
        : 0;
    default:
      return 0;
  }
}

export const bytesPerPiece = {
  threadStack: THREAD_STACK_BYTES,
  threadMemory: THREAD_MEMORY_BYTES,
  cgroup: CGROUP_BYTES,
  networkNamespace: NETWORK_NAMESPACE_BYTES,
  inSlab,
} as const;
