import assert from "node:assert/strict";
import fc from "fast-check";
import { parseMeminfo } from "../../collectors/kernel/meminfo.ts";
import type { KernelMemory, MemoryInfo } from "../../model/sample.ts";
import { memoryMap } from "../../model/memory_map.ts";

const MIB = 1024 * 1024;

const MEMINFO = `MemTotal:       24684084 kB
MemFree:        22551184 kB
MemAvailable:   23859484 kB
Buffers:            8092 kB
Cached:          1471556 kB
SwapCached:            0 kB
AnonPages:        313892 kB
Shmem:              8956 kB
KReclaimable:      98000 kB
Slab:             129636 kB
SReclaimable:      97768 kB
SUnreclaim:        31868 kB
KernelStack:        3268 kB
PageTables:         5556 kB
SecPageTables:         0 kB
VmallocUsed:       16160 kB
Percpu:              760 kB
Hugetlb:          102400 kB
`;

const KERNEL: KernelMemory = {
  dying_cgroups: 0,
  cgroups: 3,
  network_namespaces: 40,
  network_namespaces_visible: 5,
  tcp_bytes: 0,
  udp_bytes: 0,
  sockets: 0,
  inodes: 0,
  dentries: 0,
  modules: 0,
  mounts: 20,
  fragment_bytes: 0,
  huge_pages: [{ page_bytes: 2 * MIB, total: 50, free: 48 }],
  zram_bytes: 10 * MIB,
  balloon_bytes: 16 * MIB,
};

const sumOf = (memory: MemoryInfo, kernel?: KernelMemory) =>
  memoryMap(memory, kernel).rows.reduce((sum, row) => sum + row.bytes, 0);

Deno.test("memory map: every row of a real machine, shared memory out of the cache and stacks out of vmalloc", () => {
  const map = memoryMap(parseMeminfo(MEMINFO));
  const kib = Object.fromEntries(map.rows.map((row) => [row.key, row.bytes / 1024]));
  assert.deepEqual(kib, {
    programs: 313892,
    shared_memory: 8956,
    page_cache: 1471556 - 8956,
    buffers: 8092,
    slab_reclaimable: 97768,
    slab_unreclaimable: 31868,
    kernel_reclaimable_other: 232,
    kernel_stacks: 3268,
    vmalloc: 16160 - 3268,
    page_tables: 5556,
    per_cpu: 760,
    huge_pages: 102400,
    unaccounted: kib.unaccounted,
    free: 22551184,
  });
});

Deno.test("memory map: the remainder is what the collector calls unaccounted", () => {
  const memory = parseMeminfo(MEMINFO);
  assert.equal(
    memoryMap(memory).rows.find((row) => row.key === "unaccounted")!.bytes,
    memory.unaccounted_bytes,
  );
  const old = parseMeminfo(MEMINFO.replace(/^KReclaimable.*\n/m, ""));
  assert.equal(memoryMap(old).rows.find((row) => row.key === "unaccounted")!.bytes, old.unaccounted_bytes);
});

Deno.test("memory map: zram is taken out of the unaccounted, never more than there is", () => {
  const memory = parseMeminfo(MEMINFO);
  const row = (kernel: KernelMemory, key: string) =>
    memoryMap(memory, kernel).rows.find((entry) => entry.key === key)!.bytes;
  assert.equal(row(KERNEL, "zram"), 10 * MIB);
  assert.equal(row(KERNEL, "unaccounted"), memory.unaccounted_bytes - 10 * MIB);
  assert.equal(row({ ...KERNEL, zram_bytes: 1e15 }, "unaccounted"), 0);
});

Deno.test("memory map: notes on what rows do not tell", () => {
  const { notes } = memoryMap(parseMeminfo(MEMINFO), KERNEL);
  assert.match(notes.join("\n"), /48 of 50 huge pages of 2 MiB are unused: 96 MiB reserved for nobody/);
  assert.match(notes.join("\n"), /hypervisor has taken 16 MiB back/);
  assert.match(notes.join("\n"), /40 network namespaces, of which 5 can be seen/);
  assert.deepEqual(memoryMap(parseMeminfo(MEMINFO)).notes, []);
});

Deno.test("memory map: adds up to MemTotal, whatever the kernel says", () => {
  const kib = fc.nat({ max: 2 ** 30 });
  const names = MEMINFO.trim().split("\n").map((line) => line.split(":")[0]!);
  fc.assert(fc.property(
    fc.array(kib, { minLength: names.length, maxLength: names.length }),
    fc.subarray(names.filter((name) => !["MemTotal", "MemFree"].includes(name))),
    kib,
    (values, left, zram) => {
      const lines = names.map((name, at) => left.includes(name) ? "" : `${name}: ${values[at]} kB\n`);
      const memory = parseMeminfo(lines.join(""));
      assert.equal(sumOf(memory), memory.total_bytes);
      assert.equal(sumOf(memory, { ...KERNEL, zram_bytes: zram }), memory.total_bytes);
    },
  ));
});
