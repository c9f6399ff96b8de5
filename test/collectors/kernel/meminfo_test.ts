import assert from "node:assert/strict";
import { parseMeminfo } from "../../../collectors/kernel/meminfo.ts";
import { ParseError } from "../../../collectors/fs.ts";

const KB = 1024;
const text = (lines: Record<string, number>) =>
  Object.entries(lines).map(([key, value]) => `${key}:${String(value).padStart(12)} kB\n`).join("");

const MODERN = {
  MemTotal: 16_000_000,
  MemFree: 4_000_000,
  MemAvailable: 9_000_000,
  Buffers: 100_000,
  Cached: 5_000_000,
  SwapCached: 10_000,
  Shmem: 500_000,
  AnonPages: 4_000_000,
  Slab: 600_000,
  SReclaimable: 400_000,
  SUnreclaim: 200_000,
  KReclaimable: 450_000,
  KernelStack: 20_000,
  PageTables: 60_000,
  SecPageTables: 1_000,
  Percpu: 8_000,
  VmallocUsed: 70_000,
  Hugetlb: 2_048,
  Zswap: 5_000,
  Bounce: 3,
  WritebackTmp: 4,
  Unevictable: 99_999,
  Mlocked: 88_888,
  CmaTotal: 77_777,
  SwapTotal: 2_000_000,
  SwapFree: 1_500_000,
};

Deno.test("meminfo: unaccounted is what no line names, each line once", () => {
  const memory = parseMeminfo(text(MODERN));
  const named = 4_000_000 + 100_000 + 5_000_000 + 4_000_000 + 600_000 + 60_000 + 1_000 + 8_000 +
    70_000 +
    2_048 + 5_000 + 3 + 4 + 50_000;
  assert.equal(memory.unaccounted_bytes, (16_000_000 - named) * KB);
  // Swap cache that is mapped is in AnonPages.
  assert.equal(memory.swap_cached_bytes, 10_000 * KB);
  assert.equal(memory.available_bytes, 9_000_000 * KB);
  assert.equal(memory.cma_total_bytes, 77_777 * KB);
  assert.equal(memory.balloon_bytes, null);
});

Deno.test("meminfo of Linux 3.10: available is estimated, stacks stand for themselves", () => {
  const {
    MemAvailable: _1,
    KReclaimable: _2,
    SecPageTables: _3,
    Percpu: _4,
    Hugetlb: _5,
    Zswap: _6,
    ...old
  } = MODERN;
  const memory = parseMeminfo(text(old) + "HugePages_Total:      10\nHugepagesize:       2048 kB\n");
  assert.equal(memory.available_bytes, (4_000_000 + 100_000 + 5_000_000 + 400_000) * KB);
  assert.equal(memory.kernel_reclaimable_bytes, null);
  assert.equal(memory.percpu_bytes, null);
  assert.equal(memory.hugetlb_bytes, 20_480 * KB);
  const named = 4_000_000 + 100_000 + 5_000_000 + 4_000_000 + 600_000 + 60_000 + 20_000 + 20_480 +
    3 + 4;
  assert.equal(memory.unaccounted_bytes, (16_000_000 - named) * KB);
});

Deno.test("meminfo: without MemTotal it is no meminfo", () => {
  assert.throws(() => parseMeminfo("MemFree: 12 kB\n"), ParseError);
  assert.throws(() => parseMeminfo(""), ParseError);
});
