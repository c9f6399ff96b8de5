/**
 * Which of the kernel's slab caches are caches: memory that is given back when it is wanted. Growth of one is no leak, unless it
 * does not give way when the kernel asks (resistsReclaim). Pure.
 *
 * The kernel's own mark is SLAB_RECLAIM_ACCOUNT (counted in SReclaimable, /sys/kernel/slab/NAME/reclaim_account): it says that objects are
 * freed by a shrinker or with the page cache, or live for a moment only. Names are those of Linux 4.18 to 6.18.
 */

/** Marked by the kernel, and yet held by somebody for as long as he likes: open sockets, devices, debugfs entries, processes. */
const HELD =
  /^(sock_inode_cache|bdev_cache|dax_cache|debugfs_inode_cache|tracefs_inode_cache|pidfs_.*|rpc_inode_cache|ext4_groupinfo_.*)$/;

/** Inodes of file systems: freed with their dentries (prune_icache_sb). Not those below. */
const INODES =
  /^(inode_cache|\w+_inode_cache|\w+_inode(_info|_slab)?|xfs_(inode|ili|buf)|fuse_inode|nfs_direct_cache|zfs_znode_cache|sa_cache)$/;

/** Whose "inodes" are the memory itself, or stand for something that is open. */
const NO_CACHE = /^(shmem|sock|hugetlbfs|mqueue|rpc|bdev|debugfs|tracefs|pidfs|eventpoll|dma_buf)_/;

const CACHES = [
  // Names and indices of files: fs/dcache.c, lib/xarray.c, fs/buffer.c, fs/mbcache.c, fs/quota/dquot.c.
  /^(dentry|dentry_cache|radix_tree_node|xa_node|buffer_head|mb_cache_entry|dquot|ext4_extent_status|extent_status|fscrypt_inode_info)$/,
  // What goes with a file's pages or its journal's commit.
  /^(jbd2_journal_head|jbd2_revoke_\w+|jbd2_transaction_s|ext4_(io_end\w*|allocation_context|prealloc_space|pending_reservation)|pending_reservation|bio_post_read_ctx)$/,
  /^(btrfs_(inode|extent_map|extent_buffer|path)|f2fs_(extent_\w+|inode_\w+|nat_entry|free_nid)|erofs_pcluster-\d+|nfs4_xattr_\w+|gfs2_(inode|glock|quotad)|ceph_(cap|dentry_info|inode_info))$/,
  // ZFS keeps its cache (the ARC) in slabs; arc_shrinker gives it back.
  /^(arc_buf\w*|dnode_t|dmu_buf_impl_t|zio_(data_)?buf_\w+|abd_t|abd_chunk)$/,
  // Allocations that their caller declared reclaimable (__GFP_RECLAIMABLE): long file names, mostly.
  /^kmalloc-rcl-\w+$/,
  // The security module's part of each inode comes and goes with it.
  /^(lsm_inode_cache|selinux_inode_security)$/,
];

/**
 * Whether a cache's objects are given back when memory is wanted.
 *
 * @param reclaimAccount the kernel's own mark, null where it cannot be read (no SLUB, no /sys, a recording): then the name decides
 */
export function isReclaimableSlab(cache: string, reclaimAccount: boolean | null = null): boolean {
  if (HELD.test(cache)) return false;
  const named = CACHES.some((pattern) => pattern.test(cache)) ||
    (INODES.test(cache) && !NO_CACHE.test(cache));
  return named || (reclaimAccount ?? false);
}

/** What happened over one window. */
export interface ReclaimWindow {
  /** Of the cache: last less first. */
  cache_change_bytes: number;
  /** Pages that the kernel looked at for reclaim, kswapd's and direct (vmstat pgscan_*), in bytes. */
  scanned_bytes: number;
  /** What there was to look at: Cached - Shmem + Buffers, at the window's beginning. */
  page_cache_bytes: number;
  available_change_bytes: number;
}

/**
 * A cache that grew although the kernel wanted memory: it looked at all of the page cache at least once, by which slab caches
 * are asked for the same share of theirs (mm/vmscan.c, shrink_slab: pressure on slabs is in proportion to the scan), MemAvailable fell
 * by more than half of the growth, and the cache did not give way. Then its objects are pinned, whatever their mark: it is judged like any
 * other memory.
 */
export function resistsReclaim(
  { cache_change_bytes, scanned_bytes, page_cache_bytes, available_change_bytes }: ReclaimWindow,
): boolean {
  return cache_change_bytes > 0 && page_cache_bytes > 0 && scanned_bytes >= page_cache_bytes &&
    -available_change_bytes > cache_change_bytes / 2;
}
