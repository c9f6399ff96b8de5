import assert from "node:assert/strict";
import fc from "fast-check";
import type {
  MemfdFile,
  ProcessRef,
  ProcessSample,
  SharedMemory,
  SystemVSegment,
} from "../../../model/sample.ts";
import {
  chargedToCgroups,
  growerClause,
  SharedMemoryCharges,
  sharedMemoryGrowers,
} from "../../../rules/findings/shared_memory_growers.ts";
import { aProcess, aUnit, MiB } from "./machine.ts";

/** One sample, all of whose processes have been read. */
function observe(
  charges: SharedMemoryCharges,
  shared_memory: SharedMemory,
  processes: ProcessSample[],
): void {
  charges.observe({ shared_memory, processes });
}

const NOTHING: SharedMemory = { system_v: [], posix: [], memfd: [], tmpfs: [] };
const holder = (pid: number): ProcessRef => ({ pid, name: `program-${pid}` });
const memfd = (inode: number, bytes: number, ...pids: number[]): MemfdFile => ({
  name: "buffer",
  inode,
  size_bytes: bytes,
  holders: pids.map(holder),
});
const segment = (id: number, creator_pid: number, bytes: number): SystemVSegment => ({
  key: 0,
  id,
  owner: "app",
  creator_pid,
  size_bytes: bytes,
  rss_bytes: bytes,
  swap_bytes: 0,
  attached: 1,
});

Deno.test("shared memory growers: the process whose memfd files add up, not the one that also holds them", () => {
  const [client, compositor] = [aProcess(90), aProcess(40)];
  const charges = new SharedMemoryCharges();
  // Seen first with the client alone; the compositor gets each buffer afterwards.
  observe(charges, { ...NOTHING, memfd: [memfd(1, 8 * MiB, 90)] }, [client, compositor]);
  const before = charges.holdings();
  const grown = Array.from({ length: 20 }, (_, index) => memfd(index + 2, 8 * MiB, 90));
  observe(charges, { ...NOTHING, memfd: [memfd(1, 8 * MiB, 40, 90), ...grown] }, [client, compositor]);
  const growers = sharedMemoryGrowers(before, charges.holdings(), "memfd");
  assert.deepEqual(
    growers.map(({ pid, grown_bytes, grown_objects, share }) => [pid, grown_bytes, grown_objects, share]),
    [
      [90, 160 * MiB, 20, 1],
    ],
  );
  assert.equal(growerClause(growers), "program-90 (90) took 160 MiB of it in 20 files");
});

Deno.test("shared memory growers: a segment's creator by its identity, not by its pid", () => {
  const charges = new SharedMemoryCharges();
  observe(charges, { ...NOTHING, system_v: [segment(1, 50, 10 * MiB)] }, [aProcess(50)]);
  assert.equal(charges.holdings()[0]!.pid, 50);
  // The creator ends, another program gets its pid: the segment is not the other's.
  observe(charges, { ...NOTHING, system_v: [segment(1, 50, 10 * MiB)] }, [aProcess(50, { start_ticks: 99 })]);
  observe(charges, { ...NOTHING, system_v: [segment(1, 50, 10 * MiB)] }, [aProcess(50, { start_ticks: 99 })]);
  const [left] = charges.holdings();
  assert.deepEqual([left!.pid, left!.name], [null, "program-50 (50), ended"]);
});

Deno.test("shared memory growers: a file whose holders were not read this time keeps its holder", () => {
  const charges = new SharedMemoryCharges();
  observe(charges, { ...NOTHING, memfd: [memfd(1, MiB, 7)] }, [aProcess(7)]);
  observe(charges, { ...NOTHING, memfd: [memfd(1, 2 * MiB)] }, [aProcess(7)]);
  assert.deepEqual(charges.holdings().map(({ pid, bytes }) => [pid, bytes]), [[7, 2 * MiB]]);
});

Deno.test("shared memory growers: each byte is charged once", () => {
  const pids = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
  const files = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 1000 }), pids),
    {
      selector: ([inode]) => inode,
      maxLength: 12,
    },
  );
  const processes = [1, 2, 3, 4, 5].map((pid) => aProcess(pid));
  fc.assert(fc.property(fc.array(files, { minLength: 1, maxLength: 4 }), (rounds) => {
    const charges = new SharedMemoryCharges();
    for (const round of rounds) {
      observe(charges, {
        ...NOTHING,
        memfd: round.map(([inode, bytes, some]) => memfd(inode, bytes, ...some)),
      }, processes);
      const sum = charges.holdings().reduce((total, { bytes }) => total + bytes, 0);
      assert.equal(sum, round.reduce((total, [, bytes]) => total + bytes, 0));
    }
  }));
});

Deno.test("shared memory growers: units and containers as the kernel charges them, slices left out", () => {
  const unit = { ...aUnit("app.service", 0), shmem_bytes: 30 * MiB };
  const slice = { ...unit, name: "system.slice", kind: "slice" as const };
  const before = chargedToCgroups({ units: [unit, slice], containers: [] });
  const after = chargedToCgroups({ units: [{ ...unit, shmem_bytes: 90 * MiB }, slice], containers: [] });
  const growers = sharedMemoryGrowers(before, after, "Shmem");
  assert.equal(growerClause(growers), "app.service took 60 MiB of it");
  assert.deepEqual(after.length, 1);
});

Deno.test("shared memory growers: where nobody stands out nobody is named", () => {
  const charges = new SharedMemoryCharges();
  const four = [1, 2, 3, 4].map((pid) => memfd(pid, 10 * MiB, pid));
  observe(charges, { ...NOTHING, memfd: four }, [1, 2, 3, 4].map((pid) => aProcess(pid)));
  assert.equal(growerClause(sharedMemoryGrowers([], charges.holdings())), "");
  assert.equal(growerClause([]), "");
});

Deno.test("shared memory growers: what is found when a process is first read is no growth", () => {
  const processes = [aProcess(7), aProcess(8)];
  const charges = new SharedMemoryCharges();
  const look = (memfds: MemfdFile[], unread: number[]) => {
    charges.observe({
      shared_memory: { ...NOTHING, memfd: memfds },
      processes,
      unread_holders: new Set(unread),
    });
    return charges.holdings();
  };
  const before = look([], [7]);
  // 7 is read for the first time and has long held 50 MiB; 8 was read before and had nothing.
  const found = look([memfd(1, 50 * MiB, 7), memfd(2, 10 * MiB, 8)], []);
  assert.deepEqual(sharedMemoryGrowers(before, found).map(({ pid, grown_bytes }) => [pid, grown_bytes]), [[
    8,
    10 * MiB,
  ]]);
  const later = look([memfd(1, 50 * MiB, 7), memfd(3, 30 * MiB, 7), memfd(2, 10 * MiB, 8)], []);
  assert.deepEqual(sharedMemoryGrowers(before, later).map(({ pid, grown_bytes }) => [pid, grown_bytes]), [
    [7, 30 * MiB],
    [8, 10 * MiB],
  ]);
});
