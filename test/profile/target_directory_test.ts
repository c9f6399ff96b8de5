/** A directory that somebody hostile may write to. */

import assert from "node:assert/strict";
import { readBounded } from "../../profile/bounded_read.ts";
import { TargetDirectory } from "../../profile/target_directory.ts";
import { removeTargetFiles } from "../../profile/undo/remove_target_files.ts";

const SELF = { pid: Deno.pid, proc: "/proc" };

async function withDirectory(test: (path: string, directory: TargetDirectory) => Promise<void> | void) {
  const path = Deno.makeTempDirSync();
  try {
    using directory = new TargetDirectory(SELF, path);
    await test(path, directory);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

Deno.test("target directory: a symbolic link is not a directory", () =>
  withDirectory((path) => {
    Deno.symlinkSync("/etc", `${path}/tmp`);
    assert.throws(() => new TargetDirectory(SELF, `${path}/tmp`), /symbolic link/);
    assert.throws(() => new TargetDirectory(SELF, `${path}/nothing`), /missing/);
  }));

Deno.test("target directory: files are read whole, bounded, and never through a link", () =>
  withDirectory((path, directory) => {
    Deno.writeTextFileSync(`${path}/a`, "hello");
    assert.deepEqual(directory.read("a", Deno.uid()!, 5), new TextEncoder().encode("hello"));
    assert.throws(() => directory.read("a", Deno.uid()!, 4), /larger than 4 bytes/);
    Deno.symlinkSync("/etc/passwd", `${path}/link`);
    assert.throws(() => directory.read("link", Deno.uid()!, 1e6), /cannot read/);
    assert.equal(directory.read("nothing", Deno.uid()!, 1), null);
    assert.throws(() => directory.read("../a", Deno.uid()!, 1));
  }));

Deno.test("target directory: a pipe or a socket in a file's place is refused at once", () =>
  withDirectory((path, directory) => {
    new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).outputSync();
    assert.throws(() => directory.read("pipe", Deno.uid()!, 1e6), /not a file of its user/);
    assert.equal(directory.info("pipe")!.isFile, false);
  }));

Deno.test("target directory: a name that is taken is not written to", () =>
  withDirectory((path, directory) => {
    const owner = { uid: Deno.uid()!, gid: Deno.gid()! };
    Deno.symlinkSync(`${path}/victim`, `${path}/mine`);
    assert.throws(() => directory.create("mine", "x", owner, 0o600), /taken/);
    assert.throws(() => Deno.lstatSync(`${path}/victim`), Deno.errors.NotFound);
    directory.create("new", "x", owner, 0o644);
    assert.equal(Deno.statSync(`${path}/new`).mode! & 0o777, 0o644);
    directory.remove("new");
    directory.remove("new");
  }));

Deno.test("target directory: connects only to a socket of the right user, and not through a link", () =>
  withDirectory(async (path, directory) => {
    const listener = Deno.listen({ transport: "unix", path: `${path}/socket` });
    Deno.symlinkSync(`${path}/socket`, `${path}/link`);
    Deno.writeTextFileSync(`${path}/file`, "");
    (await directory.connect("socket", Deno.uid()!)).close();
    for (const name of ["link", "file"]) {
      await assert.rejects(() => directory.connect(name, Deno.uid()!), /not a socket of its user/);
    }
    await assert.rejects(() => directory.connect("socket", Deno.uid()! + 1), /not a socket of its user/);
    listener.close();
  }));

Deno.test("undo: removes only names of our own", () => {
  const step = { pid: Deno.pid, start_ticks: 0, proc: "/proc", same_mnt: true };
  assert.match(removeTargetFiles({ ...step, files: ["passwd"] })!, /refused/);
  assert.match(removeTargetFiles({ ...step, files: ["leakwatch-profile-/../x"] })!, /refused/);
});

Deno.test("bounded read: stops at the bound of bytes, and at the bound of seconds", async () => {
  const bounds = { who: "it", limit_bytes: 10, limit_seconds: 0.2 };
  const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4)) });
  await assert.rejects(() => readBounded(endless(), bounds), /more than 10 bytes/);
  await assert.rejects(() => readBounded(new ReadableStream(), bounds), /did not finish/);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError("reset")) });
  await assert.rejects(() => readBounded(broken, bounds), /it broke off its answer/);
  const short = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(10));
      controller.close();
    },
  });
  assert.equal((await readBounded(short, bounds)).length, 10);
});
