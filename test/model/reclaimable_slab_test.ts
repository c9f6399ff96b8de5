import assert from "node:assert/strict";
import fc from "fast-check";
import { SlabMarks } from "../../collectors/kernel/slab_marks.ts";
import { isReclaimableSlab, resistsReclaim } from "../../model/reclaimable_slab.ts";

/** Of Linux 6.18 (Debian's and a minimal one), 6.1, 5.10 and 4.18; ZFS 2.1. */
const RECLAIMABLE =
  `dentry inode_cache ext4_inode_cache xfs_inode xfs_ili xfs_buf btrfs_inode btrfs_extent_buffer nfs_inode_cache fuse_inode
  ovl_inode squashfs_inode_cache proc_inode_cache radix_tree_node buffer_head mb_cache_entry extent_status ext4_extent_status
  jbd2_journal_head dquot erofs_inode erofs_pcluster-16 kmalloc-rcl-128 cifs_inode_cache fat_inode_cache ceph_inode_info
  ubifs_inode_slab gfs2_inode f2fs_inode_cache lsm_inode_cache zfs_znode_cache dnode_t dmu_buf_impl_t arc_buf_hdr_t_full
  zio_buf_comb_16384 v9fs_inode_cache`.split(/\s+/);
const HELD =
  `kernfs_node_cache kernfs_iattrs_cache shmem_inode_cache sock_inode_cache hugetlbfs_inode_cache mqueue_inode_cache filp task_struct
  mm_struct vm_area_struct anon_vma cred_jar pid signal_cache TCP TCPv6 UDP UNIX skbuff_head_cache nf_conntrack net_namespace kmalloc-1k
  kmalloc-cg-512 bdev_cache debugfs_inode_cache proc_dir_entry mnt_cache xfs_trans ext4_groupinfo_4k pidfs_attr_cache
  rpc_inode_cache maple_node mem_cgroup zswap_entry`.split(/\s+/);

Deno.test("reclaimable slab: by the names alone", () => {
  for (const cache of RECLAIMABLE) assert.equal(isReclaimableSlab(cache), true, cache);
  for (const cache of HELD) assert.equal(isReclaimableSlab(cache), false, cache);
});

Deno.test("reclaimable slab: the kernel's mark decides of names that nobody knows, not of sockets", () => {
  assert.equal(isReclaimableSlab("newfs_node", true), true);
  assert.equal(isReclaimableSlab("newfs_node", false), false);
  assert.equal(isReclaimableSlab("sock_inode_cache", true), false);
  assert.equal(isReclaimableSlab("dentry", false), true);
});

Deno.test("reclaimable slab: no name is slow", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (name) => typeof isReclaimableSlab(name) === "boolean"),
  );
  assert.equal(isReclaimableSlab("_inode".repeat(100_000)), true);
});

Deno.test("resistsReclaim: only growth against a whole scan while memory becomes scarce", () => {
  const pressed = {
    cache_change_bytes: 100,
    scanned_bytes: 1000,
    page_cache_bytes: 500,
    available_change_bytes: -200,
  };
  assert.equal(resistsReclaim(pressed), true);
  assert.equal(resistsReclaim({ ...pressed, cache_change_bytes: -1 }), false);
  assert.equal(resistsReclaim({ ...pressed, scanned_bytes: 400 }), false);
  assert.equal(resistsReclaim({ ...pressed, available_change_bytes: -10 }), false);
  assert.equal(resistsReclaim({ ...pressed, page_cache_bytes: 0 }), false);
});

Deno.test("slab marks: read from sysfs, and a hostile name never becomes a path elsewhere", () => {
  const sys = Deno.makeTempDirSync();
  for (const [name, text] of [["dentry", "1\n"], ["filp", "0\n"], [":0000128", "1\n"]] as const) {
    Deno.mkdirSync(`${sys}/kernel/slab/${name}`, { recursive: true });
    Deno.writeTextFileSync(`${sys}/kernel/slab/${name}/reclaim_account`, text);
  }
  const marks = new SlabMarks(sys);
  assert.equal(marks.isReclaimAccounted("dentry"), true);
  assert.equal(marks.isReclaimAccounted("filp"), false);
  assert.equal(marks.isReclaimAccounted(":0000128"), true);
  for (const name of ["missing", "../slab/dentry", "..", "with space", ""]) {
    assert.equal(marks.isReclaimAccounted(name), null, name);
  }
  Deno.removeSync(sys, { recursive: true });
});
