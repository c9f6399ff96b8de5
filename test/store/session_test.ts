import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { findSession, listSessions } from "../../store/catalog.ts";
import { Recorder } from "../../store/recorder.ts";
import { type AnyTable, headerOf } from "../../store/table.ts";
import { readTable, type TableRow } from "../../store/table_reader.ts";
import { BOOT_TABLES, MONITOR_TABLES, type SessionKind, TABLES } from "../../store/tables.ts";
import { fullSample, HOSTILE_NAMES } from "./samples.ts";
import { inDirectory, linesOf, newSession } from "./sessions.ts";

const OPTIONS = { top: 40, hide_arguments: false, own_pid: 1 };
const NO_FIGURES = { samples: 3, cost: null };

async function record(directory: string, kind: SessionKind) {
  const session = newSession(directory, { kind });
  const recorder = new Recorder(session, { kind, ...OPTIONS });
  const sample = fullSample();
  for (let pass = 0; pass < 3; pass++) {
    recorder.record(sample);
    sample.time_seconds += 5;
    sample.wall_seconds += 5;
  }
  session.writeAlert({
    rule: "memory-high",
    severity: "critical",
    state: "firing",
    subject: HOSTILE_NAMES[0]!,
    value: 81.234,
    threshold: 80,
    message: "line one\nline two",
    next_step: "free -m",
    since: "2027-01-15T08:00:00Z",
    id: "memory-high:1",
  }, sample.wall_seconds);
  await session.end("duration", sample.wall_seconds, NO_FIGURES);
  return session;
}

const beginsWith = (table: AnyTable, header: string) =>
  assert.equal(headerOf(table).slice(0, header.length), header);

Deno.test("logs: the headers that people's scripts rely on", () => {
  assert.equal(
    headerOf(MONITOR_TABLES.memory),
    "Timestamp,Total_KB,Used_KB,Free_KB,Available_KB,Buffers_KB,Cached_KB,Usage_Percent,Top_Process,Top_Process_Mem",
  );
  beginsWith(
    MONITOR_TABLES.processes,
    "Timestamp,PID,PPID,User,Name,State,RSS_KB,Anon_KB,Swap_KB,VSZ_KB,PSS_KB,Threads,Open_FDs,Start_Time,Command,",
  );
  beginsWith(
    MONITOR_TABLES.docker,
    "Timestamp,Engine,Container_ID,Name,Image,Usage_KB,Working_Set_KB,Limit_KB,Usage_Percent,Anon_KB,File_KB,Kernel_KB,OOM_Kills,PIDs,",
  );
  assert.equal(headerOf(MONITOR_TABLES.docker_space), "Timestamp,Engine,Kind,Count,Size_KB,Reclaimable_KB");
  const orders = Array.from({ length: 11 }, (_, order) => `Order_${order}`).join(",");
  assert.equal(
    headerOf(MONITOR_TABLES.fragmentation),
    `Timestamp,Node,Zone,Free_KB,${orders},Unusable_Order_4,Unusable_Order_9,Slab_KB,SReclaimable_KB,SUnreclaim_KB`,
  );
  assert.equal(headerOf(MONITOR_TABLES.slab), "Timestamp,Cache,Active_Objects,Objects,Object_Bytes,Size_KB");
  assert.equal(
    headerOf(MONITOR_TABLES.swap),
    "Timestamp,Total_KB,Used_KB,Free_KB,Usage_Percent,In_KB_Per_Second,Out_KB_Per_Second,Top_Process,Top_Process_Swap_KB",
  );
  assert.equal(
    headerOf(MONITOR_TABLES.pressure),
    "Timestamp,Some_Avg10,Some_Avg60,Some_Avg300,Some_Total_US,Full_Avg10,Full_Avg60,Full_Avg300,Full_Total_US",
  );
  assert.equal(
    headerOf(MONITOR_TABLES.alerts),
    "Timestamp,Rule,Severity,State,Subject,Value,Threshold,Message",
  );
  beginsWith(BOOT_TABLES.memory, headerOf(MONITOR_TABLES.memory) + ",");
});

for (const kind of ["memory-monitor", "boot-diagnostics"] as const) {
  Deno.test(`logs: every table of a ${kind} session is one strict CSV table without formulas or control characters`, () =>
    inDirectory(async (directory) => {
      const session = await record(directory, kind);
      for (const [name, table] of Object.entries(TABLES[kind])) {
        const text = Deno.readTextFileSync(`${directory}/${session.id}_${name}.log`);
        const rows: string[][] = parse(text, {
          relax_quotes: false,
          relax_column_count: false,
          record_delimiter: "\n",
        });
        assert.deepEqual(rows[0], table.columns.map((column) => column.name), name);
        assert.ok(rows.length > 1, `${name} has rows`);
        // One row is one line: a reader may split at newlines.
        assert.equal(text.split("\n").length - 1, rows.length, name);
        for (const cell of rows.slice(1).flat()) {
          // deno-lint-ignore no-control-regex
          assert.doesNotMatch(cell, /[\x00-\x1f\x7f-\x9f\u202e]/);
          assert.doesNotMatch(cell, /^[=@＝]|^[+-](?![\d.]+$)/, `formula in ${name}`);
        }
        table.columns.forEach((column, index) => {
          if (column.unit === "text") return;
          for (const row of rows.slice(1)) {
            const cell = row[index]!;
            if (column.unit === "time") assert.ok(!Number.isNaN(Date.parse(cell)), `${name}.${column.name}`);
            else assert.match(cell, /^(-?\d+(\.\d+)?)?$/, `${name}.${column.name}`);
          }
        });
      }
    }));
}

Deno.test("logs: memory row by value", () =>
  inDirectory(async (directory) => {
    const session = await record(directory, "memory-monitor");
    assert.equal(
      linesOf(`${directory}/${session.id}_memory.log`)[1],
      "2027-01-15T08:00:00.000Z,8388608,4194304,1048576,4194304,65536,3072000,50.00,it's,64512",
    );
  }));

Deno.test("reader: names come back as they were but for control characters", () =>
  inDirectory(async (directory) => {
    const session = await record(directory, "memory-monitor");
    const entry = findSession([directory], session.id)!;
    const rows: TableRow[] = [];
    for await (const batch of readTable(entry, "processes", { columns: ["Name", "PID", "Nonsense"] })) {
      rows.push(...batch);
    }
    assert.equal(rows.length, 3 * HOSTILE_NAMES.length);
    const names = new Map(rows.map(({ cells }) => [Number(cells[1]), cells[0]]));
    HOSTILE_NAMES.forEach((name, index) => {
      // deno-lint-ignore no-control-regex
      if (!/[\x00-\x1f\u202e]/.test(name)) assert.equal(names.get(100 + index), name);
    });
    assert.equal(names.get(106), "two\\nlines");
    assert.equal(rows[0]!.cells[2], "");
  }));

Deno.test("session: files are 0640, and session.json tells start, end and reason", () =>
  inDirectory(async (directory) => {
    const session = await record(directory, "memory-monitor");
    for (const { name } of Deno.readDirSync(directory)) {
      assert.equal(Deno.statSync(`${directory}/${name}`).mode! & 0o777, 0o640 & ~Deno.umask(), name);
    }
    const [entry] = listSessions([directory]);
    assert.equal(entry!.id, session.id);
    assert.equal(entry!.info!.end_reason, "duration");
    assert.equal(entry!.info!.hostname, "db-7");
    assert.equal(entry!.running, false);
    assert.equal(entry!.ended_at_seconds, 1_800_000_015);
  }));

Deno.test("session: two that start in the same second get names of their own", () =>
  inDirectory(async (directory) => {
    const sessions = [
      newSession(directory),
      newSession(directory),
      newSession(directory, { kind: "boot-diagnostics" }),
    ];
    assert.equal(new Set(sessions.map((session) => session.id)).size, 3);
    assert.ok(listSessions([directory]).every((entry) => entry.running));
    for (const session of sessions) await session.end("stopped", 1_800_000_001, NO_FIGURES);
    assert.ok(
      listSessions([directory]).every((entry) => !entry.running && entry.info!.end_reason === "stopped"),
    );
  }));

Deno.test("session: a link in place of a log is not followed", () =>
  inDirectory(async (directory) => {
    const session = newSession(directory);
    const path = `${directory}/${session.id}_memory.log`;
    Deno.writeTextFileSync(`${directory}/victim`, "");
    Deno.removeSync(path);
    Deno.symlinkSync(`${directory}/victim`, path);
    const sample = fullSample();
    new Recorder(session, { kind: "memory-monitor", ...OPTIONS }).record(sample);
    session.flush(sample.time_seconds + 5);
    assert.deepEqual(session.errors().map((trouble) => trouble.why), [
      "a symbolic link is in its place",
    ]);
    assert.equal(Deno.readTextFileSync(`${directory}/victim`), "");
    await session.end("stopped", sample.wall_seconds, NO_FIGURES);
  }));
