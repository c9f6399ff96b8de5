/**
 * Which slab caches the kernel shrinks by itself when memory is short. They are cache, like file contents: a backup fills them,
 * and MemAvailable counts them as available (SReclaimable, Documentation/filesystems/proc.rst).
 */

/**
 * Created with SLAB_RECLAIM_ACCOUNT in the kernel's sources (fs/dcache.c, fs/inode.c, fs/buffer.c, lib/xarray.c, each file
 * system's inode cache). /proc/slabinfo does not tell the flag; /sys/kernel/slab/NAME/reclaim_account does, for root.
 */
const RECLAIMABLE =
  /^(dentry|inode_cache|buffer_head|radix_tree_node|xa_node|mbcache|ext4_(groupinfo|extent_status|.*inode.*)|\w+_inode_cache|\w+_inode(_info)?|xfs_(inode|ili|buf|icr)|zfs_znode_cache|dnode_t|dmu_buf_impl_t|arc_buf.*|btrfs_(inode|delayed_node|path|extent_map|extent_buffer)|extent_(map|state)|nfs_(inode|direct|page).*|fat_cache|squashfs_inode_cache|jbd2_(journal_head|inode)|kmalloc-rcl-.*|ovl_inode|fuse_inode|ceph_inode_info)$/;

/** Not reclaimable though their names look like inodes: they live while a socket, pipe or shared memory file is open. */
const PINNED = /^(sock|shmem|proc|hugetlbfs|mqueue|bdev)_inode_cache$/;

export const isReclaimableSlab = (name: string): boolean => RECLAIMABLE.test(name) && !PINNED.test(name);
