import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { findSession, listSessions } from "../../../store/catalog.ts";
import { compressAll, tidyLeftovers } from "../../../store/recovery.ts";
import { readTable } from "../../../store/table_reader.ts";
import { inDirectory } from "../../store/sessions.ts";

const WRITER = fileURLToPath(new URL("killed_writer.ts", import.meta.url));
const KILLS = Deno.env.get("LEAKWATCH_REQUIRE") === "all" ? 100 : 12;

/** Runs a writer for a while, kills it, and tells its session and the last row that it called flushed. */
async function killedAfter(milliseconds: number, directory: string, first: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", WRITER, directory, String(first)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = { started: false };
  let said = "";
  for await (const chunk of child.stdout) {
    said += new TextDecoder().decode(chunk);
    if (timer.started) continue;
    timer.started = true;
    setTimeout(() => child.kill("SIGKILL"), milliseconds);
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL");
  const [id, row] = said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1)!.split(" ");
  return { id: id!, flushed: Number(row) };
}

Deno.test(`kill -9 at ${KILLS} random moments: every flushed row is readable, and the next session starts clean`, () =>
  inDirectory(async (directory) => {
    let first = 1;
    let compressed = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { id, flushed } = await killedAfter(Math.random() * 60, directory, first);
      const rows: number[] = [];
      for await (const batch of readTable(findSession([directory], id)!, "memory")) {
        rows.push(...batch.map((row) => row.time_seconds));
      }
      // More may have been flushed than the writer came to say.
      assert.ok(rows.at(-1)! >= flushed, `row ${flushed} of ${id}`);
      assert.deepEqual(rows, rows.map((_, index) => first + index));
      first = rows.at(-1)! + 1;
    }
    const sessions = listSessions([directory]);
    assert.equal(sessions.length, KILLS);
    assert.ok(sessions.every((session) => !session.running));

    await compressAll(tidyLeftovers(directory));
    for (const session of listSessions([directory])) {
      assert.equal(session.info!.end_reason, "killed", session.id);
      for (const segment of session.logs.memory!) {
        if (segment.number === null) continue;
        compressed++;
        assert.ok(segment.compressed);
      }
    }
    assert.ok(compressed > 0, "rotation was under way in some of them");
    assert.deepEqual([...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".tmp")), []);
  }));
