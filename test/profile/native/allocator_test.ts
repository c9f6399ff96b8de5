/** Where probes go, how long to record, and what addr2line answers. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { windowForRate } from "../../../profile/methods/perf_malloc_window.ts";
import { chooseFunctions } from "../../../profile/native/allocator.ts";
import {
  addressOfOffset,
  parseElfFunctions,
  parseElfSegments,
  readElfFunctions,
} from "../../../profile/native/elf.ts";
import { parseFileMappings } from "../../../profile/native/maps.ts";
import { parseAddr2line } from "../../../profile/native/source_lines.ts";
import { probesFor } from "../../../profile/native/tracefs.ts";
import { readTarget } from "../../../profile/target.ts";
import { findAllocator } from "../../../profile/native/allocator.ts";

Deno.test("elf: malloc and free of the libc that this process runs with", () => {
  const allocator = findAllocator(readTarget(Deno.pid));
  if (allocator === null) return; // maps of another user, or a static build
  const kinds = allocator.functions.map(({ kind }) => kind);
  assert.ok(kinds.includes("malloc") && kinds.includes("free"));
  assert.equal(new Set(allocator.functions.map(({ offset }) => offset)).size, kinds.length);
});

Deno.test("elf: damaged files have no functions, whatever their bytes", () => {
  const head = new Uint8Array(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  fc.assert(fc.property(fc.uint8Array({ minLength: 58, maxLength: 400 }), (bytes) => {
    const file = new Uint8Array([...head.slice(0, 6), ...bytes]);
    const read = (offset: number, length: number) => {
      if (offset + length > file.length) throw new RangeError("ends early");
      return new DataView(file.buffer, offset, length);
    };
    try {
      assert.ok(Array.isArray(parseElfFunctions(read, new Set(["malloc"]))));
      assert.ok(Array.isArray(parseElfSegments(read)));
    } catch (error) {
      assert.ok(error instanceof RangeError, String(error));
    }
  }));
  assert.deepEqual(readElfFunctions("/proc/self/status", new Set(["malloc"])), []);
});

Deno.test("elf: offsets and addresses differ where a linker says so", () => {
  const segments = [{ offset: 0, size: 0x1000, address: 0 }, {
    offset: 0x1000,
    size: 0x500,
    address: 0x2000,
  }];
  assert.equal(addressOfOffset(segments, 0x1010), 0x2010);
  assert.equal(addressOfOffset(segments, 0x1600), null);
});

Deno.test("allocator: one probe for each place, and none where it cannot free", () => {
  const at = (name: string, offset: number) => ({ name, offset });
  const chosen = chooseFunctions([
    at("tc_malloc", 1),
    at("malloc", 1),
    at("free", 2),
    at("_Znwm", 3),
    at("_ZdlPv", 2),
  ])!;
  assert.deepEqual(
    chosen.map(({ name, kind }) => `${name} ${kind}`).sort(),
    ["_Znwm malloc", "free free", "malloc malloc"],
  );
  assert.equal(chooseFunctions([at("malloc", 1)]), null);
});

Deno.test("probes: registers of the machine, a return for what allocates, names of the run", () => {
  const allocator = {
    name: "glibc",
    path: "/proc/7/map_files/1-2",
    shown_path: "/lib/libc.so.6",
    functions: [{ name: "calloc", kind: "calloc" as const, offset: 0x9d }, {
      name: "free",
      kind: "free" as const,
      offset: 0x10,
    }],
  };
  assert.deepEqual(probesFor(allocator, "leakwatch_1_ab", "x86_64"), [
    {
      event: "calloc_0",
      definition:
        "p:leakwatch_1_ab/calloc_0 /proc/7/map_files/1-2:0x9d count=%di:u64 size=%si:u64 caller=+0(%sp):x64",
    },
    {
      event: "calloc_0_ret",
      definition: "r:leakwatch_1_ab/calloc_0_ret /proc/7/map_files/1-2:0x9d ptr=$retval:x64",
    },
    { event: "free_1", definition: "p:leakwatch_1_ab/free_1 /proc/7/map_files/1-2:0x10 ptr=%di:x64" },
  ]);
  assert.match(
    probesFor(allocator, "g", "aarch64")[0]!.definition,
    /count=%x0:u64 size=%x1:u64 caller=%x30:x64$/,
  );
});

Deno.test("maps: files only, with their offsets", () => {
  assert.deepEqual(
    parseFileMappings(
      "7ffa1159b000-7ffa116f1000 r-xp 00026000 fe:00 339380                     /usr/lib/libc.so.6\n" +
        "7ffd000-7ffe000 rw-p 00000000 00:00 0                          [stack]\n7ff-800 rw-p 00000000 00:00 0 \n",
    ),
    [{
      begin: 0x7ffa1159b000,
      end: 0x7ffa116f1000,
      executable: true,
      offset: 0x26000,
      path: "/usr/lib/libc.so.6",
    }],
  );
});

Deno.test("window: short where it is busy, refused where it is too busy, deep where there is room", () => {
  assert.deepEqual(windowForRate(100, 30, 512 << 20), { seconds: 30, stack_bytes: 8192 });
  assert.deepEqual(windowForRate(10_000, 30, 512 << 20), { seconds: 3, stack_bytes: 1024 });
  assert.equal(windowForRate(20_001, 30, 512 << 20), null);
  assert.equal(windowForRate(4000, 30, 1 << 20), null); // no room on the disk
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 600 }), (rate, seconds) => {
      const window = windowForRate(rate, seconds, 512 << 20);
      if (window === null) return;
      assert.ok(window.seconds >= Math.min(2, seconds) && window.seconds <= seconds);
      assert.ok(window.seconds * rate * window.stack_bytes <= 512 << 20);
    }),
  );
});

Deno.test("addr2line: inlined calls, unknown ones, discriminators", () => {
  const text =
    "0x0000000000001930\nremember(int)\n/srv/leak.cpp:9 (discriminator 2)\nhandle(int)\n/srv/leak.cpp:13\n" +
    "0x0000000000000010\n??\n??:0\n0x0000000000000020\nf\n??:?\n";
  assert.deepEqual(parseAddr2line(text), [
    [
      { function: "remember(int)", file: "/srv/leak.cpp", line: 9 },
      { function: "handle(int)", file: "/srv/leak.cpp", line: 13 },
    ],
    [{ function: "??", file: null, line: null }],
    [{ function: "f", file: null, line: null }],
  ]);
});
