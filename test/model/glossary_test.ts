import assert from "node:assert/strict";
import { parseMeminfo } from "../../collectors/kernel/meminfo.ts";
import { explainTerm, GLOSSARY } from "../../model/glossary.ts";
import { explainSlab } from "../../model/slab_names.ts";

Deno.test("glossary: each entry is one sentence or two, and says what to type", () => {
  for (const [key, { name, meaning, next_step }] of Object.entries(GLOSSARY)) {
    assert.match(meaning, /^[A-Z0-9].*\.$/, key);
    assert.ok(meaning.length < 170 && name.length < 26 && next_step.length > 5, key);
  }
});

Deno.test("glossary: knows every field of kernel memory that meminfo gives", () => {
  const memory = parseMeminfo("MemTotal: 1 kB\nMemFree: 1 kB\n");
  const beside = new Set([
    "total_bytes",
    "file_mapped_bytes",
    "slab_bytes",
    "unevictable_bytes",
    "mlocked_bytes",
    "committed_bytes",
    "commit_limit_bytes",
    "swap_total_bytes",
    "swap_free_bytes",
  ]);
  for (const field of Object.keys(memory)) if (!beside.has(field)) assert.ok(explainTerm(field), field);
  assert.equal(explainTerm("constructor"), null);
});

Deno.test("slab names: kmalloc of every kind is named as such", () => {
  assert.match(explainSlab("kmalloc-64").name, /general allocations of up to 64 bytes/);
  assert.match(explainSlab("kmalloc-8k").name, /up to 8 KiB/);
  assert.match(explainSlab("kmalloc-cg-1k").meaning, /container or service/);
  assert.match(explainSlab("kmalloc-rnd-05-128").name, /up to 128 bytes/);
  assert.match(explainSlab("dma-kmalloc-512").meaning, /devices/);
  assert.equal(explainSlab("kmalloc-rcl-96").is_reclaimable, true);
  assert.equal(explainSlab("kmalloc-96").is_reclaimable, false);
});

for (
  const [cache, name, reclaimable] of [
    ["dentry", "file names", true],
    ["ext4_inode_cache", "inodes", true],
    ["sock_inode_cache", "sockets", false],
    ["shmem_inode_cache", "tmpfs files", false],
    ["proc_inode_cache", "proc entries", true],
    ["filp", "open files", false],
    ["task_struct", "threads", false],
    ["vm_area_struct", "mappings", false],
    ["nf_conntrack", "connection tracking", false],
    ["skbuff_head_cache", "network packets", false],
    ["mnt_cache", "mounts", false],
    ["kernfs_node_cache", "sysfs and cgroup files", false],
    ["radix_tree_node", "page cache index", true],
  ] as const
) {
  Deno.test(`slab names: ${cache}`, () => {
    const meaning = explainSlab(cache);
    assert.deepEqual([meaning.name, meaning.is_reclaimable], [name, reclaimable]);
  });
}

Deno.test("slab names: an unknown cache gets an honest answer, and a hostile one no shell of its own", () => {
  assert.equal(explainSlab("zz_driver_req").name, "zz_driver_req");
  assert.match(explainSlab("$(reboot)").next_step, /NAME/);
});
