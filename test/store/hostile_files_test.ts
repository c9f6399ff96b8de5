import assert from "node:assert/strict";
import { listSessions, readInfo } from "../../store/catalog.ts";
import { compressSegment } from "../../store/compress.ts";
import { openForAppend, openOwnFile, readSmallFile } from "../../store/files.ts";
import { LogFile } from "../../store/log_file.ts";
import { tidyLeftovers } from "../../store/recovery.ts";
import { applyRetention } from "../../store/retention.ts";
import { parseSessionInfo } from "../../store/session_info.ts";
import { parseFileName } from "../../store/session_names.ts";
import { readTable } from "../../store/table_reader.ts";
import { leakwatch } from "../cli/leakwatch.ts";
import { programs } from "../programs.ts";
import { requires } from "../requires.ts";
import { inDirectory, sessionInfo } from "./sessions.ts";

const ID = "memory_monitor_20250101_000000";
const NOBODY = 65534;

function fifo(path: string): void {
  assert.ok(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
}

/** As long as it says and empty on the disk. */
function sparse(path: string, bytes: number): void {
  Deno.writeTextFileSync(path, "");
  Deno.truncateSync(path, bytes);
}

Deno.test("hostile files: a FIFO is neither waited for nor written to, wherever a log may stand", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/${ID}_memory.log.1`;
    fifo(path);
    // With a reader the open for writing would succeed, too.
    const reader = Deno.openSync(path, { read: true, write: true });
    for (const open of [openForAppend, openOwnFile, (each: string) => readSmallFile(each, 10)]) {
      assert.throws(() => open(path), /not a plain file/);
    }
    assert.equal(await compressSegment(path), false);
    assert.ok(Deno.lstatSync(path).isFifo);
    reader.close();
  }));

Deno.test("hostile files: a file with a second link is neither written to nor compressed", () =>
  inDirectory(async (directory) => {
    const victim = `${directory}/victim`, path = `${directory}/${ID}_memory.log.1`;
    Deno.writeTextFileSync(victim, "a secret\n");
    Deno.linkSync(victim, path);
    assert.throws(() => openForAppend(path), /more than one link/);
    assert.equal(await compressSegment(path), false);
    assert.equal(Deno.readTextFileSync(victim), "a secret\n");
  }));

Deno.test({
  ...requires("hostile files: a file that another user has made gets no row of ours", "root"),
  fn: () =>
    inDirectory((directory) => {
      const path = `${directory}/${ID}_memory.log`;
      Deno.writeTextFileSync(path, "");
      Deno.chmodSync(path, 0o666);
      Deno.chownSync(path, NOBODY, NOBODY);
      assert.throws(() => openForAppend(path), /another user/);
      assert.equal(Deno.statSync(path).size, 0);
    }),
});

Deno.test("hostile files: holes are no log: not compressed, not searched for a line's end, not read", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/${ID}_memory.log`;
    sparse(path, 64 * 2 ** 30);
    sparse(`${path}.1`, 64 * 2 ** 30);
    const log = new LogFile({ path, header: "Timestamp", rotate_bytes: 1e6 });
    log.append("row\n");
    log.flush(0);
    assert.equal(log.error?.why, "what is in its place is not a log");
    assert.equal(await compressSegment(`${path}.1`), false);
    const [session] = listSessions([directory]).filter(({ id }) => id === ID);
    for await (const rows of readTable(session!, "memory")) assert.fail(`${rows.length} rows`);
    assert.equal(readInfo(directory, ID), null);
  }));

Deno.test("session.json: larger than 64 KiB, or with a field that is not as we write it, is none", () =>
  inDirectory((directory) => {
    const good = sessionInfo({ id: ID, kind: "memory-monitor" });
    const path = `${directory}/${ID}_session.json`;
    const read = (info: unknown) => {
      Deno.writeTextFileSync(path, JSON.stringify(info));
      return readInfo(directory, ID);
    };
    assert.deepEqual(read(good), good);
    const owner = good.owner;
    for (
      const bad of [
        { ...good, owner: { ...owner, pid: "../tmp/x" } },
        { ...good, owner: { ...owner, pid: 0 } },
        { ...good, owner: { ...owner, pid: 1e9 } },
        { ...good, owner: { ...owner, pid: 1.5 } },
        { ...good, owner: null },
        { ...good, started_at: 5 },
        { ...good, started_at: "+275761-01-01T00:00:00Z" },
        { ...good, started_at: "2026-13-45T00:00:00Z" },
        { ...good, ended_at: "soon" },
        { ...good, id: "memory_monitor_20250101_000001" },
        { ...good, kind: "something" },
        { ...good, interval_seconds: -1 },
        { ...good, hostname: "x".repeat(10_000) },
        { ...good, versions: { a: {} } },
        { ...good, padding: "x".repeat(70_000) },
        [good],
        null,
      ]
    ) assert.equal(read(bad), null, JSON.stringify(bad)?.slice(0, 200));
    sparse(path, 4 * 2 ** 30);
    assert.equal(readInfo(directory, ID), null);
    assert.equal(parseSessionInfo("{".repeat(60_000)), null);
  }));

Deno.test("impossible dates: in names they are none of ours, on files they stop no start and keep no file for ever", () =>
  inDirectory((directory) => {
    for (const day of ["20251301_000000", "20250230_000000", "99999999_999999"]) {
      assert.equal(parseFileName(`memory_monitor_${day}_memory.log`), null, day);
    }
    const put = (name: string, seconds: number) => {
      Deno.writeTextFileSync(`${directory}/${name}`, "x\n");
      Deno.utimeSync(`${directory}/${name}`, seconds, seconds);
    };
    put(`${ID}_memory.log`, 99_999_999_999);
    const { id, ...rest } = sessionInfo({ id: ID, kind: "memory-monitor", ended_at: null, end_reason: null });
    Deno.writeTextFileSync(`${directory}/${id}_session.json`, JSON.stringify({ id, ...rest }));
    Deno.utimeSync(`${directory}/${id}_session.json`, 99_999_999_999, 99_999_999_999);
    const touched = Deno.statSync(`${directory}/${ID}_memory.log`).mtime!;
    assert.ok(touched.getFullYear() > 2100, "the file system keeps such times");
    const [session] = listSessions([directory]);
    assert.equal(session!.running, false);
    assert.ok(Number.isFinite(session!.started_at_seconds) && Number.isFinite(session!.ended_at_seconds));
    tidyLeftovers(directory);
    assert.equal(readInfo(directory, ID)!.end_reason, "killed");
    const removed = applyRetention(
      directory,
      { retain_bytes: 1e9, retain_seconds: 86_400 },
      Date.now() / 1000,
    );
    assert.ok(removed.includes(`${directory}/${ID}_memory.log`));
  }));

Deno.test("names: retention, compression and tidying up touch only the logs that we write", () =>
  inDirectory(async (directory) => {
    const foreign = [
      `${ID}_secrets.log`,
      `${ID}_secrets.log.1`,
      `${ID}_secrets.log.tmp`,
      `${ID}_kernels.log`,
    ];
    for (const name of foreign) {
      assert.equal(parseFileName(name), null, name);
      Deno.writeTextFileSync(`${directory}/${name}`, "mine\n");
      Deno.utimeSync(`${directory}/${name}`, 1, 1);
    }
    assert.deepEqual(tidyLeftovers(directory), []);
    assert.deepEqual(
      applyRetention(directory, { retain_bytes: 0, retain_seconds: 1 }, Date.now() / 1000),
      [],
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name).sort(), foreign.sort());
    await Promise.resolve();
  }));

for (const program of programs()) {
  Deno.test({
    ...requires(`hostile files: monitor starts, records and ends among them (${program.name})`, "root"),
    fn: () =>
      inDirectory(async (directory) => {
        fifo(`${directory}/${ID}_memory.log.1`);
        fifo(`${directory}/${ID}_session.json`);
        sparse(`${directory}/memory_monitor_20250101_000001_session.json`, 4 * 2 ** 30);
        // At the names that the session will want within the next two minutes.
        const now = Date.now(); // making them takes seconds on a busy machine
        for (let second = 0; second < 120; second++) {
          const date = new Date(now + second * 1000);
          const two = (value: number) => String(value).padStart(2, "0");
          const stamp = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}_` +
            `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
          fifo(`${directory}/memory_monitor_${stamp}_memory.log`);
          const stranger = `${directory}/memory_monitor_${stamp}_processes.log`;
          Deno.writeTextFileSync(stranger, "");
          Deno.chownSync(stranger, NOBODY, NOBODY);
          Deno.chmodSync(stranger, 0o666);
        }
        const { code, stderr } = await leakwatch(program, [
          "monitor",
          "3s",
          "1s",
          "--output-dir",
          directory,
        ]);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /not a plain file/);
        assert.match(stderr, /another user/);
        for (const { name } of Deno.readDirSync(directory)) {
          if (name.endsWith("_processes.log")) assert.equal(Deno.statSync(`${directory}/${name}`).size, 0);
        }
      }),
  });
}
