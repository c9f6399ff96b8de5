import assert from "node:assert/strict";
import fs from "node:fs";
import { gunzipSync } from "node:zlib";
import { listSessions } from "../../store/catalog.ts";
import { compressSegment } from "../../store/compress.ts";
import { MomentTracker } from "../../store/derived_metrics.ts";
import { LogFile } from "../../store/log_file.ts";
import { readTable } from "../../store/table_reader.ts";
import { memoryTable } from "../../store/tables/machine.ts";
import { fullSample } from "./samples.ts";
import { inDirectory, linesOf, newSession } from "./sessions.ts";

const HEADER = "Timestamp,Value";
const row = (index: number) => `${new Date(1_800_000_000_000 + index * 1000).toISOString()},${index}\n`;

function logFile(
  directory: string,
  options: { rotate_bytes?: number; onSegment?: (path: string) => void } = {},
) {
  return new LogFile({
    path: `${directory}/memory_monitor_20270115_080000_memory.log`,
    header: HEADER,
    rotate_bytes: 1e9,
    ...options,
  });
}

Deno.test("log file: the header once, then whole lines", () =>
  inDirectory((directory) => {
    const file = logFile(directory);
    file.flush(0);
    for (let index = 0; index < 3; index++) file.append(row(index));
    file.flush(1);
    file.close(2);
    const again = logFile(directory);
    again.append(row(3));
    again.close(3);
    assert.deepEqual(linesOf(file.path).map((line) => line.split(",")[1]), ["Value", "0", "1", "2", "3"]);
  }));

Deno.test("log file: a torn last line is cut off when a file is opened again", () =>
  inDirectory((directory) => {
    const path = logFile(directory).path;
    Deno.writeTextFileSync(path, `${HEADER}\n${row(1)}2027-01-15T08:`);
    const file = logFile(directory);
    file.append(row(2));
    file.close(0);
    assert.deepEqual(linesOf(path).map((line) => line.split(",")[1]), ["Value", "1", "2"]);
  }));

Deno.test("log file: removed, renamed or emptied by somebody else, it begins anew with its header", () =>
  inDirectory((directory) => {
    const file = logFile(directory);
    const disturb = [
      () => Deno.removeSync(file.path),
      () => Deno.renameSync(file.path, `${file.path}.old`),
      () => Deno.truncateSync(file.path),
    ];
    disturb.forEach((deed, index) => {
      file.append(row(index));
      file.flush(index);
      deed();
      file.append(row(index + 100));
      file.flush(index);
      assert.deepEqual(linesOf(file.path), [HEADER, row(index + 100).trim()], `after disturbance ${index}`);
      assert.equal(file.error, null);
    });
    file.close(9);
  }));

Deno.test("log file: a vanished directory is made again; one that cannot be made pauses the log until it can", () =>
  inDirectory((base) => {
    const directory = `${base}/parent/logs`;
    Deno.mkdirSync(directory, { recursive: true });
    const file = logFile(directory);
    file.flush(0);
    Deno.removeSync(directory, { recursive: true });
    file.append(row(1));
    file.flush(1);
    assert.deepEqual(linesOf(file.path), [HEADER, row(1).trim()]);

    Deno.removeSync(`${base}/parent`, { recursive: true });
    file.append(row(2));
    file.flush(7);
    assert.deepEqual(file.error, {
      file: file.path,
      why: "the directory is gone",
      since_seconds: 7,
      lost_lines: 0,
    });
    file.append(row(3));
    file.flush(12);
    assert.equal(file.error!.since_seconds, 7);
    Deno.mkdirSync(`${base}/parent`);
    file.flush(17);
    assert.equal(file.error, null);
    assert.deepEqual(linesOf(file.path), [HEADER, row(2).trim(), row(3).trim()]);
    file.close(18);
  }));

Deno.test("log file: the backlog is bounded, the oldest lines go first and are counted", () =>
  inDirectory((base) => {
    const directory = `${base}/gone/logs`;
    const file = logFile(directory);
    const count = 20_000;
    for (let index = 0; index < count; index++) {
      file.append(row(index));
      if (index % 100 === 0) file.flush(index);
    }
    const lost = file.error!.lost_lines;
    assert.ok(lost > 0);
    Deno.mkdirSync(`${base}/gone`);
    file.close(count);
    const lines = linesOf(file.path).slice(1);
    assert.equal(lines.length + lost, count);
    assert.equal(lines.at(-1), row(count - 1).trim());
  }));

Deno.test("log file: rotated by size; segments count up, each with the header, and read back as one table", () =>
  inDirectory(async (directory) => {
    const segments: string[] = [];
    const file = logFile(directory, { rotate_bytes: 1000, onSegment: (path) => segments.push(path) });
    for (let index = 0; index < 100; index++) {
      file.append(row(index));
      file.flush(index);
    }
    file.close(100);
    assert.deepEqual(segments, [1, 2].map((number) => `${file.path}.${number}`));
    assert.equal(await compressSegment(segments[0]!), true);
    assert.deepEqual(
      [...Deno.readDirSync(directory)].map((entry) => entry.name.replace(/^.*memory\.log/, "")).sort(),
      ["", ".1.gz", ".2"],
    );
    assert.ok(gunzipSync(Deno.readFileSync(`${segments[0]}.gz`)).toString().startsWith(HEADER + "\n"));
    for (const path of [file.path, segments[1]!]) assert.ok(Deno.statSync(path).size <= 1000);

    const values: string[] = [];
    for await (const rows of readTable(listSessions([directory])[0]!, "memory", { columns: ["Value"] })) {
      values.push(...rows.map(({ cells }) => cells[0]!));
    }
    assert.deepEqual(values, Array.from({ length: 100 }, (_, index) => String(index)));
  }));

Deno.test("compress: a segment that cannot be compressed stays as it is", () =>
  inDirectory(async (directory) => {
    assert.equal(await compressSegment(`${directory}/missing.log.1`), false);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  }));

/** Runs with an fdatasync that answers when told to, with what it is told. */
function withFdatasync(deed: (asked: ((error: Error | null) => void)[]) => void): void {
  const real = fs.fdatasync;
  const asked: ((error: Error | null) => void)[] = [];
  fs.fdatasync = ((_file: number, answer: (error: Error | null) => void) => asked.push(answer)) as never;
  try {
    deed(asked);
  } finally {
    fs.fdatasync = real;
  }
}

Deno.test("log file: a disk that has yet to answer is not asked again, and asked for no more than was written", () =>
  inDirectory((directory) =>
    withFdatasync((asked) => {
      const file = logFile(directory);
      const writeAndSync = (index: number) => {
        file.append(row(index));
        file.flush(index);
        file.sync(index);
      };
      for (let index = 0; index < 3; index++) writeAndSync(index);
      assert.equal(asked.length, 1);
      asked[0]!(null);
      file.sync(4);
      file.sync(5);
      assert.equal(asked.length, 2, "what was written meanwhile is asked for, once");
      asked[1]!(null);
      file.sync(6);
      assert.equal(asked.length, 2);
      file.close(7);
    })
  ));

Deno.test("log file: what the disk could not keep is told until a write succeeds", () =>
  inDirectory((directory) =>
    withFdatasync((asked) => {
      const file = logFile(directory);
      file.append(row(0));
      file.flush(0);
      file.sync(0);
      asked[0]!(Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" }));
      assert.deepEqual([file.error?.why, file.error?.since_seconds], ["input/output error", 0]);
      file.append(row(1));
      file.flush(5);
      assert.equal(file.error, null);
      file.close(6);
      assert.deepEqual(linesOf(file.path), [HEADER, row(0).trim(), row(1).trim()]);
    })
  ));

Deno.test("session: the disk is asked to keep each table at every flush that wrote to it", () =>
  inDirectory((directory) =>
    withFdatasync((asked) => {
      const session = newSession(directory);
      const sample = fullSample(), moments = new MomentTracker(sample);
      const askedAt = (seconds: number) => {
        for (const answer of asked.splice(0)) answer(null);
        session.write(memoryTable, [moments.observe(sample)], seconds);
        session.flush(seconds);
        return asked.length;
      };
      const start = 1_800_000_000;
      assert.deepEqual([5, 7, 10, 15].map((seconds) => askedAt(start + seconds)), [1, 0, 1, 1]);
    })
  ));
