import assert from "node:assert/strict";
import { listSessions, readInfo } from "../../store/catalog.ts";
import { compressAll, tidyLeftovers } from "../../store/recovery.ts";
import { applyRetention } from "../../store/retention.ts";
import { parseFileName } from "../../store/session_names.ts";
import { inDirectory, newSession } from "./sessions.ts";

/** Makes the session look like one whose process is gone. */
function orphan(directory: string, id: string): void {
  const path = `${directory}/${id}_session.json`;
  const info = JSON.parse(Deno.readTextFileSync(path));
  info.owner.start_ticks -= 1;
  Deno.writeTextFileSync(path, JSON.stringify(info));
}

const END = { samples: 1, cost: null };

Deno.test("leftovers: a killed session is given its end, its segments are compressed, temporary files go", () =>
  inDirectory(async (directory) => {
    const session = newSession(directory);
    await session.end("stopped", 1_800_000_010, END);
    const path = `${directory}/${session.id}_session.json`;
    const info = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, JSON.stringify({ ...info, ended_at: null, end_reason: null }));
    orphan(directory, session.id);
    Deno.writeTextFileSync(`${directory}/${session.id}_memory.log.1`, "Timestamp\n");
    Deno.writeTextFileSync(`${directory}/${session.id}_summary.log.tmp`, "half");
    Deno.writeTextFileSync(`${directory}/notes.tmp`, "somebody else's");
    await compressAll(tidyLeftovers(directory));
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name);
    assert.ok(names.includes(`${session.id}_memory.log.1.gz`));
    assert.ok(!names.includes(`${session.id}_memory.log.1`));
    assert.ok(!names.includes(`${session.id}_summary.log.tmp`));
    assert.ok(names.includes("notes.tmp"));
    assert.equal(readInfo(directory, session.id)!.end_reason, "killed");
  }));

Deno.test("leftovers: a running session is left alone", () =>
  inDirectory(async (directory) => {
    const session = newSession(directory);
    Deno.writeTextFileSync(`${directory}/${session.id}_memory.log.1.gz.tmp`, "being written");
    assert.deepEqual(tidyLeftovers(directory), []);
    assert.equal(readInfo(directory, session.id)!.ended_at, null);
    assert.ok(Deno.statSync(`${directory}/${session.id}_memory.log.1.gz.tmp`).isFile);
    await session.end("stopped", 1_800_000_010, END);
  }));

Deno.test("leftovers: a session of another boot or with a torn session.json and old files is dead", () =>
  inDirectory((directory) => {
    newSession(directory);
    newSession(directory, { kind: "boot-diagnostics" });
    const [torn, other] = listSessions([directory]);
    Deno.writeTextFileSync(`${directory}/${torn!.id}_session.json`, "{");
    for (const { name } of Deno.readDirSync(directory)) {
      Deno.utimeSync(`${directory}/${name}`, 1_700_000_000, 1_700_000_000);
    }
    const path = `${directory}/${other!.id}_session.json`;
    const info = JSON.parse(Deno.readTextFileSync(path));
    info.owner.boot_id = "another";
    Deno.writeTextFileSync(path, JSON.stringify(info));
    assert.deepEqual(listSessions([directory]).map(({ running }) => running), [false, false]);
  }));

Deno.test("retention: the oldest whole files go, by size and by age; a running session's files stay", () =>
  inDirectory((directory) => {
    const running = newSession(directory);
    const put = (name: string, bytes: number, ageSeconds: number) => {
      Deno.writeFileSync(`${directory}/${name}`, new Uint8Array(bytes));
      const time = Date.now() / 1000 - ageSeconds;
      Deno.utimeSync(`${directory}/${name}`, time, time);
    };
    put("memory_monitor_20250101_000000_memory.log.1.gz", 4000, 5000);
    put("memory_monitor_20250101_000000_memory.log", 4000, 4000);
    put(`${running.id}_processes.log.1.gz`, 4000, 3000);
    put("boot-20250102_000000_kernel.log", 4000, 90_000);
    put("memory_monitor_20250101_000000_memory.log.bak", 4000, 90_000);
    put("elsewhere.log", 4000, 90_000);
    const own = listSessions([directory]).find(({ id }) => id === running.id)!.bytes - 4000;
    const removed = applyRetention(
      directory,
      { retain_bytes: own + 8000, retain_seconds: 86_400 },
      Date.now() / 1000,
    );
    assert.deepEqual(removed.map((path) => path.slice(directory.length + 1)), [
      "boot-20250102_000000_kernel.log",
      "memory_monitor_20250101_000000_memory.log.1.gz",
    ]);
    applyRetention(directory, { retain_bytes: 0, retain_seconds: 86_400 }, Date.now() / 1000);
    const left = listSessions([directory]);
    assert.deepEqual(left.map(({ id }) => id), [running.id]);
    assert.equal(left[0]!.logs.memory!.length, 1);
    assert.equal(left[0]!.logs.processes!.length, 1);
  }));

Deno.test("names: only our own are ours", () => {
  for (
    const name of [
      "../memory_monitor_20250101_000000_memory.log",
      "memory_monitor_20250101_000000_memory.log.0",
      "memory_monitor_20250101_000000_memory.log.1.gz.tmp",
      "memory_monitor_2025_memory.log",
      "memory_monitor_20250101_000000_a/b.log",
      "boot_20250101_000000_memory.log",
    ]
  ) assert.equal(parseFileName(name), null, name);
  assert.deepEqual(parseFileName("boot-20250101_000000_kernel.log.12.gz"), {
    id: "boot-20250101_000000",
    kind: "boot-diagnostics",
    log: "kernel",
    segment: 12,
    compressed: true,
  });
});
