import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { Recorder } from "../../../store/recorder.ts";
import type { SessionWriter } from "../../../store/session_writer.ts";
import { requires } from "../../requires.ts";
import { fullSample } from "../../store/samples.ts";
import { inDirectory, newSession } from "../../store/sessions.ts";

async function mount(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(args[0]!, { args: args.slice(1) }).output();
  assert.ok(success, `${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** A small file system, with a session on it and a row every 5 s of made-up time. */
async function onTmpfs(options: string, deed: (disk: Disk) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    await mount("mount", "-t", "tmpfs", "-o", options, "leakwatch-test", directory);
    try {
      await deed(new Disk(directory));
    } finally {
      await mount("umount", "-l", directory);
    }
  });
}

class Disk {
  readonly session: SessionWriter;
  readonly #recorder: Recorder;
  readonly #sample = fullSample();
  samples = 0;

  constructor(readonly directory: string) {
    this.session = newSession(directory);
    this.#recorder = new Recorder(this.session, {
      kind: "memory-monitor",
      top: 40,
      hide_arguments: false,
      own_pid: 1,
    });
  }

  record(count: number): void {
    for (let each = 0; each < count; each++) {
      this.#recorder.record(this.#sample);
      this.#sample.time_seconds += 5;
      this.#sample.wall_seconds += 5;
      this.samples++;
    }
  }

  reasons(): string[] {
    return [...new Set(this.session.errors().map(({ why }) => why))];
  }

  /** Rows of a log, read strictly: no torn line anywhere. */
  rows(log: string): string[][] {
    const text = Deno.readTextFileSync(`${this.directory}/${this.session.id}_${log}.log`);
    assert.ok(text.endsWith("\n"));
    return (parse(text, { relax_column_count: false }) as string[][]).slice(1);
  }

  async end(): Promise<void> {
    await this.session.end("stopped", this.#sample.wall_seconds, { samples: this.samples, cost: null });
  }
}

/** Writes until there is no room left. */
function fill(path: string): void {
  const file = Deno.openSync(path, { write: true, create: true });
  try {
    while (true) file.writeSync(new Uint8Array(4096));
  } catch {
    /* full */
  } finally {
    file.close();
  }
}

Deno.test({
  ...requires(
    "a full disk pauses the logs, loses no row that the backlog holds, and leaves no torn line",
    "root",
  ),
  fn: () =>
    onTmpfs("size=1m", async (disk) => {
      disk.record(20);
      assert.deepEqual(disk.session.errors(), []);
      fill(`${disk.directory}/ballast`);
      disk.record(100);
      assert.deepEqual(disk.reasons(), ["no space or no inodes left on the device"]);
      // What stands on the full disk is whole.
      disk.rows("memory");
      disk.rows("processes");
      Deno.removeSync(`${disk.directory}/ballast`);
      disk.record(1);
      assert.deepEqual(disk.session.errors(), []);
      assert.equal(disk.rows("memory").length, disk.samples);
      await disk.end();
      assert.equal(JSON.parse(Deno.readTextFileSync(disk.session.paths().at(-1)!)).end_reason, "stopped");
    }),
});

Deno.test({
  ...requires("a session that begins on a full disk takes its name and writes once there is room", "root"),
  fn: () =>
    inDirectory(async (directory) => {
      await mount("mount", "-t", "tmpfs", "-o", "size=1m", "leakwatch-test", directory);
      try {
        fill(`${directory}/ballast`);
        const disk = new Disk(directory);
        disk.record(3);
        assert.ok(disk.session.errors().length > 0);
        Deno.removeSync(`${directory}/ballast`);
        disk.record(1);
        assert.deepEqual(disk.session.errors(), []);
        assert.equal(disk.rows("memory").length, 4);
        assert.equal(JSON.parse(Deno.readTextFileSync(disk.session.paths().at(-1)!)).kind, "memory-monitor");
        await disk.end();
      } finally {
        await mount("umount", "-l", directory);
      }
    }),
});

Deno.test({
  ...requires("a full inode table stops what needs a new file, and only that", "root"),
  fn: () =>
    onTmpfs("size=1m,nr_inodes=40", async (disk) => {
      let made = 0;
      try {
        while (true) Deno.createSync(`${disk.directory}/inode-${made++}`).close();
      } catch { /* none left */ }
      disk.record(2);
      disk.session.replaceText("summary", "what happened\n", 0);
      assert.deepEqual(disk.session.errors().map(({ file }) => file.replace(/^.*_/, "")), ["summary.log"]);
      assert.equal(disk.rows("memory").length, 2);
      Deno.removeSync(`${disk.directory}/inode-0`);
      disk.session.replaceText("summary", "what happened\n", 0);
      assert.deepEqual(disk.session.errors(), []);
      await disk.end();
    }),
});

Deno.test({
  ...requires(
    "a file system that turns read-only beneath open logs pauses them, and sampling goes on",
    "root",
    "mkfs.ext4",
  ),
  fn: () =>
    inDirectory(async (base) => {
      const directory = `${base}/disk`;
      Deno.mkdirSync(directory);
      Deno.createSync(`${base}/image`).truncateSync(8 << 20);
      await mount("mkfs.ext4", "-q", `${base}/image`);
      await mount("mount", "-o", "loop", `${base}/image`, directory);
      try {
        const disk = new Disk(directory);
        disk.record(2);
        assert.deepEqual(disk.session.errors(), []);
        // What the kernel does by itself after an I/O error: the journal is given up, nothing can be written any more.
        await mount("mount", "-o", "remount,abort", directory);
        disk.record(3);
        const reasons = disk.reasons();
        assert.ok(
          reasons.length > 0 && reasons.every((why) => /read-only|input\/output/.test(why)),
          reasons.join(),
        );
        const logs = disk.session.errors().map(({ file }) => file.replace(/^.*\d_/, ""));
        assert.ok(logs.includes("memory.log") && logs.includes("processes.log"));
        assert.equal(disk.rows("memory").length, 2);
        await disk.end();
      } finally {
        await mount("umount", "-l", directory);
      }
    }),
});

Deno.test("a device that cannot write is told as what it is, and given up until the next flush", async () => {
  const { LogFile } = await import("../../../store/log_file.ts");
  // The kernel answers EIO to a write at address 0 of our own memory.
  const file = new LogFile({ path: "/proc/self/mem", header: "Timestamp", rotate_bytes: 1e9 });
  file.append("row\n");
  file.flush(3);
  assert.equal(file.error?.why, "input/output error");
  file.close(4);
});
