import assert from "node:assert/strict";
import fc from "fast-check";
import {
  formatEvent,
  isWorthKeeping,
  oomKillsIn,
  parseJournalEntry,
  parseKmsgRecord,
  type SystemEvent,
} from "../../../collectors/kernel/system_event.ts";

const entry = (fields: Record<string, unknown>) =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: "1795179327975990",
    PRIORITY: "3",
    _TRANSPORT: "kernel",
    ...fields,
  });

Deno.test("system event: a journal entry of the kernel", () => {
  const event = parseJournalEntry(entry({ MESSAGE: "Out of memory: Killed process 9 (x)" }))!;
  assert.deepEqual(event, {
    wall_seconds: 1795179327.97599,
    priority: 3,
    source: "kernel",
    message: "Out of memory: Killed process 9 (x)",
  });
  assert.equal(
    formatEvent(event),
    "2026-11-20T12:55:27.975Z error kernel: Out of memory: Killed process 9 (x)",
  );
});

Deno.test("system event: journalctl writes a message that is no UTF-8 as bytes", () => {
  assert.equal(parseJournalEntry(entry({ MESSAGE: [104, 105, 255] }))?.message, "hi\ufffd");
});

Deno.test("system event: what systemd says of a unit names the unit", () => {
  const text = entry({
    MESSAGE: "A process of this unit has been killed by the OOM killer.",
    UNIT: "leaky.service",
    _TRANSPORT: "journal",
    SYSLOG_IDENTIFIER: "systemd",
  });
  const event = parseJournalEntry(text)!;
  assert.equal(event.source, "systemd");
  assert.equal(event.message, "leaky.service: A process of this unit has been killed by the OOM killer.");
});

Deno.test("system event: a record of /dev/kmsg, continuation lines left out, escapes undone", () => {
  const record = "4,1120,5140900,-;eth0: \\x1b[31mlink\n SUBSYSTEM=net\n DEVICE=n2\n";
  assert.deepEqual(parseKmsgRecord(record, 1000), {
    wall_seconds: 1005.1409,
    priority: 4,
    source: "kernel",
    message: "eth0: \x1b[31mlink",
  });
});

Deno.test("system event: parsers take anything and throw nothing", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parseJournalEntry(text);
    parseKmsgRecord(text, 0);
  }));
});

const kernel = (message: string, priority = 6): SystemEvent => ({
  wall_seconds: 1,
  priority,
  source: "kernel",
  message,
});

Deno.test("system event: warnings are kept, and small talk only where it is about memory", () => {
  assert.ok(isWorthKeeping(kernel("usb 1-1: device descriptor read/64, error -110", 4)));
  assert.ok(isWorthKeeping(kernel("oom_reaper: reaped process 12 (x)")));
  assert.ok(!isWorthKeeping(kernel("usb 1-1: new high-speed USB device")));
});

Deno.test("system event: a kill knows its cgroup, and whether a limit was met", () => {
  const kills = oomKillsIn([
    kernel(
      "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a.slice,task_memcg=/a.slice/leaky.service,task=a,task=b,pid=99,uid=0",
    ),
    kernel(
      "Memory cgroup out of memory: Killed process 99 (a,task=b) total-vm:19060kB, anon-rss:15968kB, file-rss:1328kB, shmem-rss:0kB, UID:0",
      3,
    ),
    // Before Linux 5.0 there is only this line.
    kernel("Killed process 7 (java) total-vm:100kB, anon-rss:64kB, file-rss:0kB", 3),
  ]);
  assert.deepEqual(kills, [
    {
      wall_seconds: 1,
      pid: 99,
      name: "a,task=b",
      cgroup: "/a.slice/leaky.service",
      anon_bytes: 15968 * 1024,
      is_limit: true,
    },
    { wall_seconds: 1, pid: 7, name: "java", cgroup: null, anon_bytes: 65536, is_limit: false },
  ]);
});
