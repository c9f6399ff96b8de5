import assert from "node:assert/strict";
import { ByteCursor } from "../../../collectors/byte_cursor.ts";
import { parseCommand } from "../../../collectors/procfs/cmdline.ts";
import { parseLimits, parseOpenFilesLimit } from "../../../collectors/procfs/limits.ts";
import { emptyStat, parseStat } from "../../../collectors/procfs/stat.ts";
import { parseStatm } from "../../../collectors/procfs/statm.ts";
import { emptyStatus, parseStatus } from "../../../collectors/procfs/status.ts";
import { parseLastPid } from "../../../collectors/process/pid_list.ts";
import { parseHidepid } from "../../../collectors/process/processes.ts";
import { ParseError } from "../../../collectors/fs.ts";
import { parsePasswd } from "../../../collectors/process/users.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function cursorOn(text: string): ByteCursor {
  const cursor = new ByteCursor(bytes(text));
  cursor.reset(cursor.bytes.length);
  return cursor;
}

const emptyStatm = () => ({ size_pages: 0, resident_pages: 0, shared_pages: 0, text_pages: 0 });

Deno.test("statm: pages in the kernel's order", () => {
  const statm = emptyStatm();
  parseStatm(cursorOn("5306 412 300 17 0 108 0\n"), statm);
  assert.deepEqual(statm, { size_pages: 5306, resident_pages: 412, shared_pages: 300, text_pages: 17 });
});

Deno.test("statm: too few numbers are an error of our own", () => {
  assert.throws(() => parseStatm(cursorOn("5306 412\n"), emptyStatm()), ParseError);
  assert.throws(() => parseStatm(cursorOn(""), emptyStatm()), ParseError);
});

const STAT_TAIL =
  "S 1 812 812 0 -1 4194560 311 0 7 0 250 50 0 0 20 0 9 0 4471 9437184 412 18446744073709551615 " +
  "94000 95000 140725000000000 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

Deno.test("stat: fields behind the name", () => {
  const cursor = cursorOn(`812 (java) ${STAT_TAIL}`);
  const stat = emptyStat();
  parseStat(cursor, stat);
  assert.equal(new TextDecoder().decode(cursor.bytes.subarray(stat.name_begin, stat.name_end)), "java");
  assert.equal(String.fromCharCode(stat.state_code), "S");
  assert.equal(stat.ppid, 1);
  assert.equal(stat.flags, 4194560);
  assert.equal(stat.minor_faults, 311);
  assert.equal(stat.major_faults, 7);
  assert.equal(stat.user_ticks, 250);
  assert.equal(stat.system_ticks, 50);
  assert.equal(stat.threads, 9);
  assert.equal(stat.start_ticks, 4471);
  assert.equal(stat.start_stack, 140725000000000);
});

Deno.test("stat: a hostile name does not move the fields", () => {
  for (const name of [") R 1 2 3", "a b", "((", "))", "x\ny", '=cmd|"', "\x1b[31m", "", "S 0 0 0 0"]) {
    const cursor = cursorOn(`812 (${name}) ${STAT_TAIL}`);
    const stat = emptyStat();
    parseStat(cursor, stat);
    assert.equal(new TextDecoder().decode(cursor.bytes.subarray(stat.name_begin, stat.name_end)), name);
    assert.equal(stat.start_ticks, 4471, name);
    assert.equal(stat.ppid, 1, name);
  }
});

Deno.test("status: what is asked for, null where an old kernel has no line", () => {
  const status = emptyStatus();
  parseStatus(
    cursorOn(
      "Name:\tx\nTgid:\t77\nUid:\t0\t1000\t1000\t1000\nVmHWM:\t     900 kB\nRssShmem:\t      8 kB\nVmPTE:\t      40 kB\n" +
        "VmSwap:\t     120 kB\nThreads:\t3\n",
    ),
    status,
  );
  assert.deepEqual(status, {
    process_id: 77,
    uid: 1000,
    threads: 3,
    peak_rss_bytes: 921_600,
    shmem_bytes: 8192,
    page_tables_bytes: 40_960,
    swap_bytes: 122_880,
  });
  parseStatus(cursorOn("Name:\tkthreadd\nUid:\t0\t0\t0\t0\nThreads:\t1"), status);
  assert.equal(status.swap_bytes, null);
  assert.equal(status.shmem_bytes, null);
  assert.equal(status.threads, 1);
});

Deno.test("command: arguments joined, endings cut, none is null", () => {
  assert.equal(parseCommand(bytes("java\0-jar\0a b.jar\0")), "java -jar a b.jar");
  assert.equal(parseCommand(bytes("nginx: worker process\0\0\0\0")), "nginx: worker process");
  assert.equal(parseCommand(bytes("")), null);
  assert.equal(parseCommand(bytes("\0\0")), null);
  assert.equal(parseCommand(bytes("x".repeat(100_000)))?.length, 1024);
});

Deno.test("limits: soft and hard, unlimited is null", () => {
  const limits = parseLimits(
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
      "Max open files            1024                 524288               files     \n" +
      "Max address space         unlimited            unlimited            bytes     \n",
  );
  assert.deepEqual(limits.open_files, { soft: 1024, hard: 524288 });
  assert.deepEqual(limits.address_space_bytes, { soft: null, hard: null });
  assert.equal(limits.stack_bytes, undefined);
});

Deno.test("limits: open files from bytes", () => {
  const head = "Limit   Soft Limit   Hard Limit   Units\nMax locked memory  8  8  bytes\n";
  assert.equal(
    parseOpenFilesLimit(cursorOn(`${head}Max open files            1024       4096     files\n`)),
    1024,
  );
  assert.equal(
    parseOpenFilesLimit(cursorOn(`${head}Max open files            unlimited  4096     files\n`)),
    null,
  );
  assert.equal(parseOpenFilesLimit(cursorOn(head)), null);
  assert.equal(parseOpenFilesLimit(cursorOn("Max open files")), null);
});

Deno.test("last pid of loadavg", () => {
  assert.equal(parseLastPid(cursorOn("0.20 0.18 0.12 1/80 11206\n")), 11206);
  assert.equal(parseLastPid(cursorOn("")), NaN);
});

Deno.test("hidepid of the last proc mount", () => {
  assert.equal(parseHidepid("proc /proc proc rw,nosuid,relatime,hidepid=invisible 0 0\n"), "invisible");
  assert.equal(parseHidepid("proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0\n"), null);
  assert.equal(parseHidepid("tmpfs /run tmpfs rw,hidepid=2 0 0\n"), null);
});

Deno.test("passwd: the first line of a uid wins, odd lines are passed over", () => {
  const names = parsePasswd("root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# no\n+::::::\nwww:x:33:33\n");
  assert.deepEqual([...names], [[0, "root"], [33, "www"]]);
});
