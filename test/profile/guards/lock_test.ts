/** One profile per target. */

import assert from "node:assert/strict";
import { lockPath, releaseLock, takeLock } from "../../../profile/guards/lock.ts";
import { removeDirectory } from "../../../profile/undo/remove_directory.ts";
import { readStartTicks } from "../../../profile/target.ts";

const target = { pid: 812, start_ticks: 4471 };

function withDirectory(test: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("lock: a second profile is refused, and may come once the first has released", () =>
  withDirectory((directory) => {
    const path = lockPath(target, directory);
    takeLock(path, target, "first", [Deno.pid]);
    assert.throws(() => takeLock(path, target, "second", [Deno.pid]), /is being profiled by process \d+/);
    assert.equal(releaseLock({ path, run: "second" }), null); // not its own: stays
    assert.throws(() => takeLock(path, target, "second", [Deno.pid]), /is being profiled/);
    releaseLock({ path, run: "first" });
    takeLock(path, target, "second", [Deno.pid]);
    releaseLock({ path, run: "second" });
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  }));

Deno.test("lock: what a killed leakwatch and its killed watchdog left is taken over", () =>
  withDirectory((directory) => {
    const path = lockPath(target, directory);
    const gone = { pid: Deno.pid, start_ticks: readStartTicks(Deno.pid) + 1 };
    Deno.writeTextFileSync(path, JSON.stringify({ run: "old", processes: [gone] }));
    takeLock(path, target, "new", [Deno.pid]);
    assert.match(Deno.readTextFileSync(path), /"new"/);
  }));

Deno.test("lock: a symbolic link in its place is removed, never followed", () =>
  withDirectory((directory) => {
    const path = lockPath(target, directory);
    Deno.writeTextFileSync(`${directory}/precious`, "kept");
    Deno.symlinkSync(`${directory}/precious`, path);
    takeLock(path, target, "run", [Deno.pid]);
    assert.equal(Deno.readTextFileSync(`${directory}/precious`), "kept");
    assert.ok(Deno.lstatSync(path).isFile);
  }));

Deno.test("undo: only what leakwatch itself names so is removed", () =>
  withDirectory((directory) => {
    const own = `${directory}/leakwatch-profile-abc`;
    Deno.mkdirSync(own);
    Deno.writeTextFileSync(`${own}/perf.data`, "x");
    assert.match(removeDirectory({ path: directory }) ?? "", /refused/);
    assert.match(removeDirectory({ path: `${own}/../leakwatch-profile-abc` }) ?? "", /refused/);
    Deno.symlinkSync(directory, `${directory}/leakwatch-profile-link`);
    assert.match(removeDirectory({ path: `${directory}/leakwatch-profile-link` }) ?? "", /not a directory/);
    assert.equal(removeDirectory({ path: own }), null);
    assert.equal(removeDirectory({ path: own }), null); // again: idempotent
    assert.match(releaseLock({ path: "/etc/passwd", run: "x" }) ?? "", /refused/);
  }));
