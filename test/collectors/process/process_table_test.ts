/** The process table against real processes, and against a tree where a pid is given out twice. */

import assert from "node:assert/strict";
import { keptHandlesFor } from "../../../collectors/process/handle_budget.ts";
import { ProcessTable } from "../../../collectors/process/process_table.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import { writeMachine } from "../../machines/machine.ts";
import { healthy } from "../../machines/machines.ts";

/** A shell that does what the script says and waits for a line wherever the script says `read`. */
class Shell {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;

  constructor(script: string) {
    this.#child = new Deno.Command("sh", { args: ["-c", script], stdin: "piped", stdout: "null" }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async goOn(): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode("\n"));
  }

  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#stdin.close().catch(() => {});
    await this.#child.status;
  }
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`waited in vain until ${what}`);
}

const commOf = (pid: number) => Deno.readTextFileSync(`/proc/${pid}/comm`).trim();

/** Seconds of a clock that the tests move by hand. */
let now = 1000;
const find = (table: ProcessTable, pid: number): ProcessSample | undefined =>
  table.records.find((record) => record.pid === pid);

Deno.test("table: ourselves, as the kernel tells it", () => {
  const table = new ProcessTable("/proc");
  table.scan(now++, 1_700_000_000);
  const self = find(table, Deno.pid)!;
  assert.equal(self.ppid, Deno.ppid);
  assert.ok(self.rss_bytes > 10e6 && self.vsz_bytes > self.rss_bytes);
  assert.ok(self.anon_bytes > 0 && self.anon_bytes + self.shared_bytes === self.rss_bytes);
  assert.ok(self.open_descriptors! > 3 && self.threads! > 1);
  assert.equal(self.executable, Deno.readLinkSync("/proc/self/exe"));
  assert.match(self.state, /^[RS]$/);
  table.close();
});

Deno.test("table: exec is another program under the same identity, a new name alone is not", async () => {
  const shell = new Shell("printf renamed > /proc/$$/comm; read line; exec sleep 1000");
  const table = new ProcessTable("/proc");
  try {
    await until("it has renamed itself", () => commOf(shell.pid) === "renamed");
    table.scan(now++, 0);
    const record = find(table, shell.pid)!;
    const startTicks = record.start_ticks;
    assert.equal(record.exec_count, 0);
    assert.match(record.command!, /sh -c printf/);

    await shell.goOn();
    await until("it has executed sleep", () => commOf(shell.pid) === "sleep");
    // No wait for the next reading of stat: statm shows that the code is another's.
    table.scan(now++, 0);
    assert.equal(find(table, shell.pid), record);
    assert.equal(record.exec_count, 1);
    assert.equal(record.name, "sleep");
    assert.equal(record.command, "sleep 1000");
    assert.match(record.executable!, /sleep|coreutils|busybox/);
    assert.equal(record.start_ticks, startTicks);
    table.scan(now++, 0, true);
    assert.equal(record.exec_count, 1);
  } finally {
    await shell.end();
    table.close();
  }
});

Deno.test("table: renaming itself while watched keeps the baseline", async () => {
  const shell = new Shell("read line; printf renamed > /proc/$$/comm; read line");
  const table = new ProcessTable("/proc");
  try {
    await until("it runs", () => commOf(shell.pid) === "sh");
    table.scan(now++, 0);
    await shell.goOn();
    await until("it has renamed itself", () => commOf(shell.pid) === "renamed");
    table.scan(now++, 0, true);
    const record = find(table, shell.pid)!;
    assert.equal(record.name, "renamed");
    assert.equal(record.exec_count, 0);
  } finally {
    await shell.end();
    table.close();
  }
});

Deno.test("table: what has ended is gone at the next pass, with its handle", async () => {
  const shell = new Shell("read line");
  const table = new ProcessTable("/proc");
  table.scan(now++, 0);
  assert.ok(find(table, shell.pid));
  await shell.end();
  table.scan(now++, 0);
  assert.equal(find(table, shell.pid), undefined);
  assert.equal(table.kept_handles, table.entries.filter(({ statm }) => statm !== null).length);
  table.close();
});

Deno.test("table: a zombie says so at once, its zeros are no release", async () => {
  // The shell becomes sleep, which never waits for the child that the shell had.
  const shell = new Shell("sleep 0.3 & exec sleep 1000");
  const table = new ProcessTable("/proc");
  try {
    let child: ProcessSample | undefined;
    // Seen earlier it is still the shell, and its exec is another exec_count.
    await until("the child is seen", () => {
      table.scan(now++, 0, true);
      child = table.records.find(({ ppid, name }) => ppid === shell.pid && name === "sleep");
      return child !== undefined;
    });
    const exec_count = child!.exec_count;
    await until("the child has ended", () => {
      table.scan(now++, 0);
      return child!.vsz_bytes === 0;
    });
    assert.ok(["Z", "X"].includes(child!.state), child!.state);
    table.scan(now++, 0, true);
    assert.equal(child!.state, "Z");
    assert.equal(child!.exec_count, exec_count);
  } finally {
    await shell.end();
    table.close();
  }
});

Deno.test("table: a dead first thread does not hide the memory of the others", () => {
  const directory = Deno.makeTempDirSync();
  const table = new ProcessTable(`${directory}/proc`);
  const file = (path: string) => `${directory}/proc/812/${path}`;
  try {
    writeMachine(directory, healthy);
    Deno.mkdirSync(file("task/815"), { recursive: true });
    Deno.mkdirSync(file("task/812"));
    for (const name of ["statm", "status"]) Deno.copyFileSync(file(name), file(`task/815/${name}`));
    table.scan(now++, 0);
    const record = find(table, 812)!;
    const rss = record.rss_bytes;
    // As the kernel shows a process whose main thread called pthread_exit.
    Deno.writeTextFileSync(file("statm"), "0 0 0 0 0 0 0\n");
    Deno.writeTextFileSync(file("stat"), Deno.readTextFileSync(file("stat")).replace("(java) S", "(java) Z"));
    table.scan(now++, 0);
    assert.equal(record.rss_bytes, rss);
    assert.equal(record.state, "S");
    table.scan(now += 30, 0, true);
    assert.equal(record.rss_bytes, rss);
    assert.equal(record.state, "S");
    assert.equal(record.swap_bytes, 0);
    assert.equal(record.exec_count, 0);
  } finally {
    table.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("table: without a handle to keep it reads the same", async () => {
  const shell = new Shell("read line");
  const kept = new ProcessTable("/proc");
  const opened = new ProcessTable("/proc", { max_kept_handles: 0 });
  try {
    await until("it runs", () => commOf(shell.pid) === "sh");
    for (let pass = 0; pass < 3; pass++) {
      kept.scan(now, 0);
      opened.scan(now++, 0);
    }
    assert.equal(opened.kept_handles, 0);
    assert.deepEqual(find(opened, shell.pid), find(kept, shell.pid));
  } finally {
    await shell.end();
    kept.close();
    opened.close();
  }
});

Deno.test("table: few handles go to the suspects before all others", async () => {
  const shell = new Shell("read line");
  const table = new ProcessTable("/proc", { max_kept_handles: 2 });
  const isKept = () => table.entries.some(({ statm, record }) => statm !== null && record.pid === shell.pid);
  try {
    table.scan(now, 0);
    assert.ok(table.kept_handles <= 2);
    assert.equal(isKept(), false, "those met first have them");
    table.focus([shell.pid]);
    table.scan(now += 120, 0);
    assert.equal(isKept(), true);
    assert.ok(table.kept_handles <= 2);
    assert.ok(find(table, shell.pid)!.rss_bytes > 0);
  } finally {
    await shell.end();
    table.close();
  }
});

Deno.test("table: a pid given to another process is another record", () => {
  const directory = Deno.makeTempDirSync();
  const table = new ProcessTable(`${directory}/proc`, { max_kept_handles: 0 });
  try {
    writeMachine(directory, healthy);
    table.scan(now++, 0);
    const before = find(table, 812)!;
    const copy = { ...before };
    const processes = healthy.processes.map((process) =>
      process.pid === 812
        ? { ...process, name: "usurper", start_ticks: 999_999, anon_kb: 5_000_000 }
        : process
    );
    writeMachine(directory, { ...healthy, processes });
    table.scan(now++, 0);
    table.scan(now++, 0);
    const after = find(table, 812)!;
    assert.notEqual(after, before);
    assert.equal(after.name, "usurper");
    assert.equal(after.start_ticks, 999_999);
    assert.equal(before.name, copy.name, "the old record keeps its name");
  } finally {
    table.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("table: our own descriptors and records stay as many as there are processes", () => {
  const table = new ProcessTable("/proc");
  table.scan(now++, 0);
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length - table.kept_handles;
  const before = open();
  for (let pass = 0; pass < 200; pass++) table.scan(now += 0.5, 0);
  assert.equal(open(), before);
  assert.equal(table.records.length, table.entries.length);
  assert.equal(new Set(table.records.map(({ pid }) => pid)).size, table.records.length);
  table.close();
});

Deno.test("handles: a reserve is left of any limit", () => {
  assert.equal(keptHandlesFor(1024), 768);
  assert.equal(keptHandlesFor(256), 0);
  assert.equal(keptHandlesFor(20_000), 8192);
  assert.equal(keptHandlesFor(null), 8192);
});
