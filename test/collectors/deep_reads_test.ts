import { memoryRuntimeOf } from "../../model/runtime.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { findInConstants, parseElfSections, readElfSections } from "../../collectors/process/elf.ts";
import { parseProcessIo } from "../../collectors/procfs/io.ts";
import { ParseError } from "../../collectors/fs.ts";
import { detectRuntime, recogniseRuntime } from "../../collectors/process/runtime.ts";
import { groupMappings, parseSmaps, readSmaps } from "../../collectors/procfs/smaps.ts";
import { parseSmapsRollup, readSmapsRollup } from "../../collectors/procfs/smaps_rollup.ts";

const mapping = (range: string, permissions: string, name: string, rssKilobytes: number) =>
  `${range} ${permissions} 00000000 00:00 0                          ${name}\n` +
  `Size:               1024 kB\nRss:       ${rssKilobytes} kB\nPss:       ${rssKilobytes} kB\n` +
  `Private_Clean:         0 kB\nPrivate_Dirty:  ${rssKilobytes} kB\nAnonymous:      ${rssKilobytes} kB\n` +
  `Swap:                  4 kB\nVmFlags: rd wr mr mw me ac \n`;

const SMAPS = mapping("55d000000000-55d000021000", "rw-p", "[heap]", 100) +
  // Two arenas of glibc: 64 MiB each, the unused rest without access.
  mapping("7f0000000000-7f0000100000", "rw-p", "", 900) +
  mapping("7f0000100000-7f0004000000", "---p", "", 0) +
  mapping("7f0004000000-7f0004200000", "rw-p", "", 1800) +
  mapping("7f0004200000-7f0008000000", "---p", "", 0) +
  // A thread's stack above its guard page.
  mapping("7f1000000000-7f1000001000", "---p", "", 0) + mapping("7f1000001000-7f1000801000", "rw-p", "", 16) +
  mapping("7f2000000000-7f2000010000", "rw-p", "", 64) +
  mapping("7f2100000000-7f2100010000", "rwxp", "", 32) +
  mapping("7f2200000000-7f2200010000", "rw-p", "[anon:v8 heap]", 48) +
  mapping("7f3000000000-7f3000010000", "rw-s", "/memfd:cache (deleted)", 8) +
  mapping("7f3100000000-7f3100010000", "rw-s", "/dev/shm/ring", 8) +
  mapping("7f3200000000-7f3200010000", "rw-s", "/SYSV0000162e (deleted)", 8) +
  mapping("7f4000000000-7f4000010000", "r-xp", "/usr/lib/libc.so.6", 12) +
  mapping("7ffc00000000-7ffc00021000", "rw-p", "[stack]", 20) +
  mapping("7ffc10000000-7ffc10002000", "r-xp", "[vdso]", 4);

Deno.test("smaps: mappings sorted into what they are", () => {
  const groups = groupMappings(parseSmaps(SMAPS.split("\n")));
  const summary = Object.fromEntries(
    groups.map(({ kind, name, count, rss_bytes }) => [`${kind} ${name}`.trim(), [count, rss_bytes / 1024]]),
  );
  assert.deepEqual(summary, {
    "arena": [4, 2700],
    "heap": [1, 100],
    "anonymous": [2, 64],
    "named v8 heap": [1, 48],
    "jit": [1, 32],
    "main-stack": [1, 20],
    "thread-stack": [1, 16],
    "file /usr/lib/libc.so.6": [1, 12],
    "memfd cache": [1, 8],
    "posix-shm /dev/shm/ring": [1, 8],
    "system-v /SYSV0000162e": [1, 8],
    "kernel [vdso]": [1, 4],
  });
  assert.equal(groups[0]!.kind, "arena", "largest first");
  assert.equal(groups.find(({ kind }) => kind === "heap")!.private_bytes, 100 * 1024);
  assert.equal(groups.find(({ kind }) => kind === "heap")!.swap_bytes, 4096);
});

Deno.test("smaps: our own adds up to our own rollup", () => {
  const groups = readSmaps(Deno.pid);
  const rollup = readSmapsRollup(Deno.pid);
  assert.ok(groups !== null && rollup !== null);
  const rss = groups.reduce((sum, group) => sum + group.rss_bytes, 0);
  assert.ok(rss > 0 && Math.abs(rss - rollup.rss_bytes) < 0.3 * rss, `${rss} against ${rollup.rss_bytes}`);
  assert.ok(rollup.uss_bytes <= rollup.pss_bytes && rollup.pss_bytes <= rollup.rss_bytes);
  assert.ok(groups.some(({ kind }) => kind === "main-stack"));
});

Deno.test("smaps_rollup: private is unique, nothing is an error of our own", () => {
  assert.deepEqual(
    parseSmapsRollup(
      "Rss: 40 kB\nPss: 30 kB\nPrivate_Clean: 1 kB\nPrivate_Dirty: 9 kB\nAnonymous: 9 kB\nSwap: 2 kB\n",
    ),
    { rss_bytes: 40960, pss_bytes: 30720, uss_bytes: 10240, anonymous_bytes: 9216, swap_bytes: 2048 },
  );
  assert.throws(() => parseSmapsRollup(""), ParseError);
});

Deno.test("runtime: mapped files before the executable's name", () => {
  const cases: [string | null, string[], string][] = [
    ["/opt/app/launcher", ["/usr/lib/jvm/21/lib/server/libjvm.so", "/usr/lib/libc.so.6"], "jvm"],
    ["/usr/bin/node", ["/usr/lib/libc.so.6"], "node"],
    ["/usr/bin/python3.12 (deleted)", [], "python"],
    ["/usr/sbin/uwsgi", ["/usr/lib/libpython3.11.so.1.0"], "python"],
    ["/usr/sbin/php-fpm8.2", [], "php"],
    ["/opt/app", ["/usr/share/dotnet/shared/libcoreclr.so"], "dotnet"],
    ["/usr/bin/redis-server", ["/usr/lib/libjemalloc.so.2", "/usr/lib/libc.so.6"], "jemalloc"],
    ["/usr/bin/x", ["/usr/lib/libtcmalloc_minimal.so.4"], "tcmalloc"],
    ["/usr/bin/x", ["/lib/ld-musl-x86_64.so.1"], "musl"],
    ["/usr/bin/x", ["/lib/x86_64-linux-gnu/libc-2.17.so"], "glibc"],
    ["/usr/bin/pythonic-game", [], "native"],
    [null, [], "native"],
  ];
  for (const [executable, files, expected] of cases) {
    assert.equal(memoryRuntimeOf(recogniseRuntime(executable, files)), expected, `${executable} ${files}`);
  }
});

Deno.test("runtime: ours is Deno, on the machine itself", () => {
  assert.equal(detectRuntime(Deno.pid).runtime, "deno");
});

Deno.test("elf: sections by name; what is no ELF file has none", () => {
  const names = readElfSections("/proc/self/exe").map(({ name }) => name);
  assert.ok(names.includes(".text") && names.includes(".rodata"), `${names}`);
  assert.ok(!names.includes(".gopclntab"));
  assert.deepEqual(readElfSections("/proc/self/stat"), []);
  assert.deepEqual(readElfSections("/nowhere"), []);
});

Deno.test("elf: texts among the constants are found, also across the borders of what is read at once", () => {
  const sections = readElfSections("/proc/self/exe");
  assert.equal(
    findInConstants("/proc/self/exe", sections, ["no such text, not here", "RUST_BACKTRACE"]),
    "RUST_BACKTRACE",
  );
  assert.equal(findInConstants("/proc/self/exe", [], ["RUST_BACKTRACE"]), null);
  const path = Deno.makeTempFileSync();
  try {
    const bytes = new Uint8Array(3 << 20);
    bytes.set(new TextEncoder().encode("<jemalloc>: "), (1 << 20) - 5);
    Deno.writeFileSync(path, bytes);
    const constants = [{ name: ".rodata", offset: 0, size: bytes.length }];
    assert.equal(findInConstants(path, constants, ["x<", "<jemalloc>: "]), "<jemalloc>: ");
    assert.equal(findInConstants(path, [{ ...constants[0]!, size: 100 }], ["<jemalloc>: "]), null);
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("property: a damaged ELF file gives sections or a RangeError", () => {
  const whole = Deno.readFileSync("/proc/self/exe").subarray(0, 4096);
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 8 }),
      (fill, changes) => {
        const bytes = new Uint8Array(8192).fill(fill);
        bytes.set(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const read = (offset: number, length: number) => {
          if (offset + length > bytes.length) throw new RangeError("file ends early");
          return bytes.subarray(offset, offset + length);
        };
        try {
          parseElfSections(read);
        } catch (error) {
          assert.ok(error instanceof RangeError, `${error}`);
        }
      },
    ),
  );
});

Deno.test("io: bytes of the storage, null where hidden", () => {
  assert.deepEqual(
    parseProcessIo("rchar: 6976\nread_bytes: 12\nwrite_bytes: 5\ncancelled_write_bytes: 9\n"),
    {
      read_bytes: 12,
      written_bytes: 5,
    },
  );
  assert.deepEqual(parseProcessIo(""), { read_bytes: null, written_bytes: null });
});
