/** Whatever bytes a kernel, a recording or an attacker hands over: parsers return, or throw their own error. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { parseAuxv } from "../../collectors/procfs/auxv.ts";
import { parseBuddyinfo } from "../../collectors/kernel/buddyinfo.ts";
import { parseDescriptor } from "../../collectors/process/descriptor_kinds.ts";
import { ByteCursor } from "../../collectors/byte_cursor.ts";
import { parseFileNr } from "../../collectors/kernel/file_nr.ts";
import { parseEffectiveUid, parseKernelStat, parseUptime } from "../../collectors/kernel/host.ts";
import { parseMeminfo, parseMeminfoLines } from "../../collectors/kernel/meminfo.ts";
import { parseMountinfo } from "../../collectors/procfs/mountinfo.ts";
import { parseLastPid } from "../../collectors/process/pid_list.ts";
import { parsePressure } from "../../collectors/kernel/pressure.ts";
import { parseCommand } from "../../collectors/procfs/cmdline.ts";
import { parseProcessIo } from "../../collectors/procfs/io.ts";
import { parseLimits, parseOpenFilesLimit } from "../../collectors/procfs/limits.ts";
import { parseMapping } from "../../collectors/procfs/maps.ts";
import { emptyStat, parseStat } from "../../collectors/procfs/stat.ts";
import { parseStatm } from "../../collectors/procfs/statm.ts";
import { emptyStatus, parseStatus } from "../../collectors/procfs/status.ts";
import { parseHidepid } from "../../collectors/process/processes.ts";
import { ParseError } from "../../collectors/fs.ts";
import { recogniseRuntime } from "../../collectors/process/runtime.ts";
import { parseMemfdName, parsePosixName } from "../../collectors/shared_memory/shm_users.ts";
import { parseSlabinfo } from "../../collectors/kernel/slabinfo.ts";
import { groupMappings, parseSmaps } from "../../collectors/procfs/smaps.ts";
import { parseSmapsRollup } from "../../collectors/procfs/smaps_rollup.ts";
import { parseSwaps } from "../../collectors/kernel/swaps.ts";
import { parseSystemV } from "../../collectors/shared_memory/system_v.ts";
import { parsePasswd } from "../../collectors/process/users.ts";
import { parseVmstat } from "../../collectors/kernel/vmstat.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));
const fixture = (path: string) => Deno.readTextFileSync(`${FIXTURES}/${path}`);

/** Every parser with a text that it understands. */
const TEXT_PARSERS: Record<string, [(text: string) => unknown, string]> = {
  meminfo: [parseMeminfo, fixture("healthy/proc/meminfo")],
  meminfoLines: [parseMeminfoLines, fixture("old_kernel/proc/meminfo")],
  vmstat: [(text) => parseVmstat(text, 4096), fixture("old_kernel/proc/vmstat")],
  pressure: [parsePressure, fixture("healthy/proc/pressure/memory")],
  swaps: [parseSwaps, fixture("healthy/proc/swaps")],
  buddyinfo: [(text) => parseBuddyinfo(text, 4096), fixture("healthy/proc/buddyinfo")],
  slabinfo: [(text) => parseSlabinfo(text, 4096), fixture("healthy/proc/slabinfo")],
  fileNr: [parseFileNr, fixture("healthy/proc/sys/fs/file-nr")],
  systemV: [(text) => parseSystemV(text, String), fixture("leaking/proc/sysvipc/shm")],
  mountinfo: [parseMountinfo, fixture("healthy/proc/self/mountinfo")],
  hidepid: [parseHidepid, fixture("hidepid/proc/mounts")],
  kernelStat: [parseKernelStat, fixture("healthy/proc/stat")],
  uptime: [parseUptime, fixture("healthy/proc/uptime")],
  effectiveUid: [parseEffectiveUid, fixture("healthy/proc/self/status")],
  limits: [parseLimits, fixture("healthy/proc/812/limits")],
  io: [parseProcessIo, fixture("healthy/proc/812/io")],
  mapping: [parseMapping, fixture("healthy/proc/812/maps").split("\n")[0]!],
  smaps: [(text) => groupMappings(parseSmaps(text.split("\n"))), fixture("healthy/proc/820/smaps")],
  smapsRollup: [parseSmapsRollup, fixture("healthy/proc/812/smaps_rollup")],
  passwd: [parsePasswd, fixture("healthy/etc/passwd")],
  descriptor: [parseDescriptor, "socket:[12]"],
  memfdName: [parseMemfdName, "/memfd:x (deleted)"],
  posixName: [parsePosixName, "/dev/shm/x"],
  runtime: [(text) => recogniseRuntime(text, text.split("\n")), "/usr/bin/python3"],
};

const statm = { size_pages: 0, resident_pages: 0, shared_pages: 0, text_pages: 0 };

function onCursor(parse: (cursor: ByteCursor) => unknown): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    const cursor = new ByteCursor(bytes);
    cursor.reset(bytes.length);
    return parse(cursor);
  };
}

const BYTE_PARSERS: Record<string, [(bytes: Uint8Array) => unknown, string]> = {
  stat: [onCursor((cursor) => parseStat(cursor, emptyStat())), fixture("healthy/proc/890/stat")],
  statm: [onCursor((cursor) => parseStatm(cursor, statm)), fixture("healthy/proc/812/statm")],
  status: [onCursor((cursor) => parseStatus(cursor, emptyStatus())), fixture("healthy/proc/812/status")],
  openFilesLimit: [onCursor(parseOpenFilesLimit), fixture("healthy/proc/812/limits")],
  lastPid: [onCursor(parseLastPid), "0.20 0.18 0.12 1/80 11206\n"],
  command: [parseCommand, fixture("healthy/proc/890/cmdline")],
  auxv: [parseAuxv, "\x06\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0"],
};

function returnsOrThrowsItsOwn(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof ParseError, `${error}`);
  }
}

/** A text with a piece cut out and another put in its place: what a torn or changed file looks like. */
function damaged(text: string): fc.Arbitrary<string> {
  return fc.tuple(
    fc.nat(text.length),
    fc.nat(40),
    fc.oneof(fc.string(), fc.constantFrom("", "\n", "-1", "9".repeat(400))),
  )
    .map(([at, length, insert]) => text.slice(0, at) + insert + text.slice(at + length));
}

for (const [name, [parse, text]] of Object.entries(TEXT_PARSERS)) {
  Deno.test(`property: ${name} never throws but its own error`, () => {
    parse(text); // What the kernel writes is understood.
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        (any) => returnsOrThrowsItsOwn(() => parse(any)),
      ),
    );
    fc.assert(fc.property(damaged(text), (any) => returnsOrThrowsItsOwn(() => parse(any))));
  });
}

for (const [name, [parse, text]] of Object.entries(BYTE_PARSERS)) {
  Deno.test(`property: ${name} never throws but its own error, on any bytes`, () => {
    const encoder = new TextEncoder();
    parse(encoder.encode(text));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (any) => returnsOrThrowsItsOwn(() => parse(any))),
    );
    fc.assert(fc.property(damaged(text), (any) => returnsOrThrowsItsOwn(() => parse(encoder.encode(any)))));
  });
}

Deno.test("property: stat finds its fields behind any name", () => {
  const encoder = new TextEncoder();
  const name = fc.uint8Array({ maxLength: 15 }).map((bytes) => bytes.map((byte) => byte === 0 ? 1 : byte));
  fc.assert(fc.property(name, fc.nat(), fc.nat(), (name, ppid, startTicks) => {
    const head = encoder.encode("812 (");
    const tail = encoder.encode(
      `) S ${ppid} 1 1 0 -1 4194560 311 0 7 0 250 50 0 0 20 0 9 0 ${startTicks} 9437184 412 18446744073709551615 1 2 3 0 0\n`,
    );
    const bytes = new Uint8Array([...head, ...name, ...tail]);
    const cursor = new ByteCursor(bytes);
    cursor.reset(bytes.length);
    const stat = emptyStat();
    parseStat(cursor, stat);
    assert.deepEqual(bytes.subarray(stat.name_begin, stat.name_end), name);
    assert.equal(stat.ppid, ppid);
    assert.equal(stat.start_ticks, startTicks);
    assert.equal(stat.start_stack, 3);
  }));
});

Deno.test("property: numbers come out of bytes as they went in", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 52 }), { minLength: 1 }), (numbers) => {
      const bytes = encoder.encode(numbers.join(" "));
      const cursor = new ByteCursor(bytes);
      cursor.reset(bytes.length);
      for (const number of numbers) assert.equal(cursor.nextNumber(), number === 0 ? 0 : number);
      assert.ok(Number.isNaN(cursor.nextNumber()));
    }),
  );
});
