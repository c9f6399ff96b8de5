import assert from "node:assert/strict";
import { parseBuddyinfo } from "../../../collectors/kernel/buddyinfo.ts";
import { parseDescriptor } from "../../../collectors/process/descriptor_kinds.ts";
import { parseFileNr } from "../../../collectors/kernel/file_nr.ts";
import { parseKernelStat, parseUptime } from "../../../collectors/kernel/host.ts";
import { parseMountinfo } from "../../../collectors/procfs/mountinfo.ts";
import { parsePressure } from "../../../collectors/kernel/pressure.ts";
import { countMappings, parseMapping, readLines, scanLines } from "../../../collectors/procfs/maps.ts";
import { ParseError } from "../../../collectors/fs.ts";
import { parseMemfdName, parsePosixName } from "../../../collectors/shared_memory/shm_users.ts";
import { parseSlabinfo } from "../../../collectors/kernel/slabinfo.ts";
import { parseSwaps } from "../../../collectors/kernel/swaps.ts";
import { parseSystemV } from "../../../collectors/shared_memory/system_v.ts";
import { parseVmstat } from "../../../collectors/kernel/vmstat.ts";

Deno.test("vmstat: counters, with the zones of older kernels summed", () => {
  const modern = parseVmstat(
    "pswpin 3\npswpout 4\npgscan_direct 50\npgscan_direct_throttle 9\npgscan_kswapd 7\npgmajfault 8\noom_kill 1\n",
    4096,
  );
  assert.deepEqual(modern, {
    swap_in_bytes: 12288,
    swap_out_bytes: 16384,
    oom_kills: 1,
    direct_reclaim_scanned_pages: 50,
    kswapd_scanned_pages: 7,
    major_faults: 8,
  });
  const old = parseVmstat("pgscan_direct_dma 1\npgscan_direct_normal 20\npgscan_direct_throttle 9\n", 4096);
  assert.equal(old.direct_reclaim_scanned_pages, 21);
  assert.equal(old.oom_kills, null);
  assert.throws(() => parseVmstat("", 4096), ParseError);
});

Deno.test("pressure: some and full; full may be missing", () => {
  const text =
    "some avg10=1.50 avg60=0.70 avg300=0.10 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
  assert.deepEqual(parsePressure(text), {
    some: { avg10_percent: 1.5, avg60_percent: 0.7, avg300_percent: 0.1, total_microseconds: 123456 },
    full: { avg10_percent: 0, avg60_percent: 0, avg300_percent: 0, total_microseconds: 7 },
  });
  assert.equal(parsePressure(text.split("\n")[0]!).full, null);
  assert.throws(() => parsePressure(""), ParseError);
});

Deno.test("swaps: names with blanks are written in octal", () => {
  const text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n" +
    "/swap\\040file                            file\t\t2097148\t\t1024\t\t-2\n" +
    "/dev/zram0                              partition\t8388604\t0\t100\n";
  assert.deepEqual(parseSwaps(text), [
    { name: "/swap file", type: "file", size_bytes: 2097148 * 1024, used_bytes: 1048576, priority: -2 },
    { name: "/dev/zram0", type: "partition", size_bytes: 8388604 * 1024, used_bytes: 0, priority: 100 },
  ]);
  assert.throws(() => parseSwaps("Filename\nnonsense\n"), ParseError);
});

Deno.test("buddyinfo: unusable share per order", () => {
  const [zone, empty] = parseBuddyinfo(
    "Node 0, zone   Normal      4      2      1\nNode 1, zone  Movable 0 0 0\n",
    4096,
  );
  assert.equal(zone!.free_bytes, 12 * 4096);
  assert.deepEqual(zone!.unusable, [0, 4 / 12, 8 / 12]);
  assert.deepEqual(empty!.unusable, [1, 1, 1]);
  assert.equal(empty!.node, 1);
  assert.throws(() => parseBuddyinfo("Node 0\n", 4096), ParseError);
});

const SLABINFO = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount>
kmalloc-64          5000   6400     64   64    1 : tunables    0    0    0 : slabdata    100    100      0
fuse request           3     20    400   20    2 : tunables    0    0    0 : slabdata      1      1      0
`;

Deno.test("slabinfo: whole slabs, names with blanks", () => {
  assert.deepEqual(parseSlabinfo(SLABINFO, 4096), [
    { name: "kmalloc-64", active_objects: 5000, objects: 6400, object_bytes: 64, size_bytes: 409600 },
    { name: "fuse request", active_objects: 3, objects: 20, object_bytes: 400, size_bytes: 8192 },
  ]);
  assert.throws(() => parseSlabinfo("slabinfo - version: 1.1\n", 4096), ParseError);
  assert.throws(() => parseSlabinfo(SLABINFO + "torn lin", 4096), ParseError);
});

Deno.test("slabinfo: caches of one name are one cache", () => {
  const line = (objects: number) =>
    `bio ${objects} ${objects} 256 16 1 : tunables 0 0 0 : slabdata ${objects / 16} ${objects / 16} 0`;
  const head = "slabinfo - version: 2.1\n# name\n";
  assert.deepEqual(parseSlabinfo(`${head}${line(160)}\nother ${line(16).slice(4)}\n${line(32)}\n`, 4096), [
    { name: "bio", active_objects: 192, objects: 192, object_bytes: 256, size_bytes: 12 * 4096 },
    { name: "other", active_objects: 16, objects: 16, object_bytes: 256, size_bytes: 4096 },
  ]);
});

Deno.test("file-nr: allocated without the free ones", () => {
  assert.deepEqual(parseFileNr("1524\t24\t2466170\n"), { allocated: 1500, limit: 2466170 });
  assert.equal(parseFileNr("1 0 9223372036854775807\n").limit, 2 ** 63);
  assert.throws(() => parseFileNr("12\n"), ParseError);
});

Deno.test("System V: columns by their header, a negative key, no process attached", () => {
  const header =
    "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid" +
    "      atime      dtime      ctime                   rss                  swap\n";
  const [segment] = parseSystemV(
    header + "-559038737      32768  1600              67108864  4242  4243      0  1000  1000  1000  1000" +
      " 1795177890 1795177891 1795177800              33554432                  4096\n",
    (uid) => `user${uid}`,
  );
  assert.deepEqual(segment, {
    key: -559038737,
    id: 32768,
    owner: "user1000",
    creator_pid: 4242,
    size_bytes: 67108864,
    rss_bytes: 33554432,
    swap_bytes: 4096,
    attached: 0,
  });
  assert.throws(() => parseSystemV("", String), ParseError);
  assert.throws(() => parseSystemV(header + "1 2 3\n", String), ParseError);
});

Deno.test("mountinfo: optional fields, escapes, lines that are none", () => {
  const mounts = parseMountinfo(
    "36 35 98:0 /mnt1 /my\\040mount rw,noatime shared:1 master:2 - tmpfs tmpfs rw,size=1024k\nnonsense\n",
  );
  assert.deepEqual(mounts, [
    { device: "98:0", mount: "/my mount", type: "tmpfs", super_options: ["rw", "size=1024k"] },
  ]);
});

Deno.test("maps: head line of a mapping", () => {
  assert.deepEqual(parseMapping("7f0000000000-7f0000021000 rw-p 00000000 00:00 0 "), {
    begin: 0x7f0000000000,
    end: 0x7f0000021000,
    permissions: "rw-p",
    inode: 0,
    name: "",
  });
  assert.equal(
    parseMapping("7f00-7f10 r-xp 00000000 fe:00 77    /usr/lib/a b.so (deleted)")?.name,
    "/usr/lib/a b.so (deleted)",
  );
  assert.equal(parseMapping("Rss:   12 kB"), null);
});

Deno.test("maps: lines as bytes are the lines as text, however the reads cut them", () => {
  const path = Deno.makeTempFileSync();
  try {
    // Longer than the buffer, so that lines lie across reads.
    const text = Array.from(
      { length: 5000 },
      (_, at) => `7f00-7f10 rw-p ${"0".repeat(at % 90)} /memfd:é${at}`,
    ).join("\n");
    for (const whole of [text, `${text}\n`, ""]) {
      Deno.writeTextFileSync(path, whole);
      const lines: string[] = [];
      scanLines(
        path,
        (bytes, begin, end) => lines.push(new TextDecoder().decode(bytes.subarray(begin, end))),
      );
      assert.deepEqual(lines, [...readLines(path)]);
      assert.equal(lines.length, whole === "" ? 0 : 5000);
    }
  } finally {
    Deno.removeSync(path);
  }
  assert.equal(countMappings(-1), null);
  assert.ok(countMappings(Deno.pid)! > 20);
});

Deno.test("descriptors: kind from the link's target", () => {
  const kinds = {
    "socket:[12]": "sockets",
    "pipe:[3]": "pipes",
    "anon_inode:[eventpoll]": "anon_inodes",
    "/memfd:x (deleted)": "memfds",
    "/tmp/x (deleted)": "deleted_files",
    "/dev/null": "devices",
    "/dev/shm/x": "files",
    "/var/log/syslog": "files",
    "net:[4026531840]": "other",
  };
  for (const [target, kind] of Object.entries(kinds)) assert.equal(parseDescriptor(target), kind, target);
});

Deno.test("shared memory names", () => {
  assert.equal(parseMemfdName("/memfd:my (deleted) (deleted)"), "my (deleted)");
  assert.equal(parseMemfdName("/tmp/memfd:x"), null);
  assert.equal(parsePosixName("/dev/shm/sem.x"), "sem.x");
  assert.equal(parsePosixName("/dev/shm/x (deleted)"), null);
});

Deno.test("host: boot time, processors, uptime", () => {
  assert.deepEqual(parseKernelStat("cpu  1 2\ncpu0 1\ncpu1 1\nbtime 1795177890\n"), {
    boot_time_seconds: 1795177890,
    cpu_count: 2,
  });
  assert.deepEqual(parseKernelStat(""), { boot_time_seconds: null, cpu_count: 1 });
  assert.equal(parseUptime("1777.50 3000.00\n"), 1777.5);
  assert.throws(() => parseUptime("soon"), ParseError);
});
