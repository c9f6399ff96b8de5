import assert from "node:assert/strict";
import type { SharedMemory } from "../../../model/sample.ts";
import type { FindingKind } from "../../../model/finding.ts";
import { annotation } from "../../../rules/findings/annotations.ts";

const MIB = 1024 * 1024;

const SHARED: SharedMemory = {
  system_v: [{
    key: 0,
    id: 7,
    owner: "postgres",
    creator_pid: 50,
    size_bytes: 99 * MIB,
    rss_bytes: 30 * MIB,
    swap_bytes: 0,
    attached: 0,
  }],
  posix: [
    { name: "small", size_bytes: MIB, owner: "app", holders: [] },
    {
      name: "ring",
      size_bytes: 20 * MIB,
      owner: "app",
      holders: [1, 2, 3].map((pid) => ({ pid, name: `p${pid}` })),
    },
  ],
  memfd: [],
  tmpfs: [{ mount: "/run", used_bytes: 5 * MIB, size_bytes: null, inodes_used: 1 }],
};

const about = (kind: FindingKind, name: string, shared: SharedMemory | null = SHARED) =>
  annotation(kind, { pid: null, start_ticks: null, name, unit: null, container: null }, shared);

Deno.test("background: what a slab cache is, kmalloc as such, and nothing about one that nobody knows", () => {
  assert.match(about("kernel-slab", "dentry"), /^dentry is file names: names of files looked up/);
  assert.match(about("kernel-slab", "kmalloc-64"), /the kernel's malloc, for any driver or subsystem/);
  assert.equal(about("kernel-slab", "zz_driver"), "");
});

Deno.test("background: every name under which kernel memory is watched has a line", () => {
  const names = [
    "SUnreclaim",
    "PageTables",
    "KernelStack",
    "Percpu",
    "VmallocUsed",
    "tcp",
    "udp",
    "fragments",
    "SecPageTables",
    "Hugetlb",
    "Zswap",
    "balloon",
    "zram",
    "sockets",
    "network namespaces",
  ];
  for (const name of names) assert.match(about("kernel-memory", name), /^[a-zA-Z0-9].*[^.]$/, name);
  assert.match(about("kernel-cgroups", "dying cgroups"), /^removed containers and services/);
  assert.match(about("kernel-cgroups", "cgroups"), /^one for each container/);
  assert.match(about("kernel-unaccounted", "unaccounted"), /^what no counter of the kernel names/);
});

Deno.test("background: the largest piece of shared memory and who holds it", () => {
  assert.equal(
    about("shared-memory", "System V"),
    "the largest is segment 7, 30 MiB, created by process 50 of postgres, no process is attached",
  );
  assert.equal(
    about("shared-memory", "POSIX"),
    "the largest is ring, 20 MiB, held by p1 (1), p2 (2) and 1 more",
  );
  assert.equal(about("shared-memory", "memfd"), "");
  assert.equal(about("shared-memory", "Shmem"), "the largest tmpfs is /run, 5.0 MiB");
  assert.equal(about("shared-memory", "POSIX", null), "");
  assert.equal(about("process-memory", "java"), "");
});
