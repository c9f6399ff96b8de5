/** The watchdog undoes what is left when the one that feeds it ends, and nothing when all was undone. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { UndoList } from "../../../profile/guards/undo_list.ts";
import { startWatchdog } from "../../../profile/guards/watchdog.ts";

const MAIN = fileURLToPath(new URL("../../../main.ts", import.meta.url));
const COMMAND = [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-check", MAIN];

function makeOwnDirectory(): string {
  const path = `${Deno.makeTempDirSync()}/leakwatch-profile-test`;
  Deno.mkdirSync(path);
  return path;
}

const exists = (path: string) => {
  try {
    return Deno.lstatSync(path) !== null;
  } catch {
    return false;
  }
};

Deno.test("watchdog: performs the steps that are left at the end of its input", async () => {
  const [done, left] = [makeOwnDirectory(), makeOwnDirectory()];
  const watchdog = await startWatchdog(COMMAND);
  const undo = new UndoList(watchdog);
  const id = await undo.register({ kind: "remove-directory", path: done });
  await undo.register({ kind: "remove-directory", path: left });
  assert.equal(await undo.perform(id), null);
  assert.equal(exists(done), false);
  Deno.mkdirSync(done); // performed once is forgotten: this one stays
  await watchdog.close(); // as the kernel does for a leakwatch that was killed
  assert.equal(exists(left), false);
  assert.equal(exists(done), true);
  Deno.removeSync(done);
});

Deno.test("watchdog: once it has ended no further deed is begun", async () => {
  const watchdog = await startWatchdog(COMMAND);
  Deno.kill(watchdog.pid, "SIGKILL");
  const undo = new UndoList(watchdog);
  await assert.rejects(
    undo.register({ kind: "remove-directory", path: "/nowhere/leakwatch-profile-x" }),
    /watchdog .* has ended/,
  );
  await watchdog.close();
});

Deno.test("undo: steps are performed the last one first, and one that fails stops no other", async () => {
  const undo = new UndoList(null);
  const first = makeOwnDirectory();
  const second = `${first}/leakwatch-profile-inner`;
  Deno.mkdirSync(second);
  await undo.register({ kind: "remove-directory", path: first });
  await undo.register({ kind: "remove-directory", path: "/etc" });
  await undo.register({ kind: "remove-directory", path: second });
  assert.deepEqual(await undo.performAll(), ["refused to remove /etc"]);
  assert.equal(exists(first), false);
});
