/** Recordings that were made to exhaust who reads them; each is read in a process of its own, whose peak is known. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { inDirectory } from "./sessions.ts";

const MIB = 1024 ** 2;
const READER = fileURLToPath(new URL("recording_peak.ts", import.meta.url));
const LOG = "memory_monitor_20260101_000000_memory.log";
const STAMP = "2026-01-01T00:00:0";
const HEADER = "Timestamp,Used_KB\n";

interface Outcome {
  end: string;
  rows: number;
  /** Times that the event loop was served meanwhile. */
  turns: number;
  peak_bytes: number;
}

async function read(how: "series" | "session", path: string): Promise<Outcome> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-all", READER, how, path],
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text, new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** Writes the pieces one after the other. */
function write(path: string, ...pieces: (string | Uint8Array)[]): void {
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const piece of pieces) {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
  }
  file.close();
}

const row = (second: number) => `${STAMP}${second}Z,${second}\n`;
const letters = (bytes: number) => new Uint8Array(bytes).fill(120);

/** Reads it as a session of ours and as anybody's file. */
async function both(
  text: (string | Uint8Array)[],
  name = LOG,
): Promise<{ session: Outcome; series: Outcome }> {
  let outcome!: { session: Outcome; series: Outcome };
  await inDirectory(async (directory) => {
    write(`${directory}/${name}`, ...text);
    const [session, series] = await Promise.all([
      read("session", directory),
      read("series", `${directory}/${name}`),
    ]);
    outcome = { session, series };
  });
  const { session, series } = outcome;
  assert.ok(series.peak_bytes < 200 * MIB, `${series.peak_bytes / MIB} MiB`);
  // Rows as texts: the garbage of a batch or two more.
  assert.ok(session.peak_bytes < 300 * MIB, `${session.peak_bytes / MIB} MiB`);
  return outcome;
}

Deno.test("recordings: a line of 200 MB is left out of a session, and refused with its number in a file", async () => {
  const { session, series } = await both([HEADER, row(1), letters(200 * MIB), "\n", row(2), row(3)]);
  assert.deepEqual([session.rows, session.end], [3, "read"]);
  assert.match(series.end, /memory\.log:3: is longer than 1 MiB/);
});

Deno.test("recordings: a cell of 300 MB, quoted or not, costs no more", async () => {
  const { session, series } = await both([HEADER, row(1), `${STAMP}2Z,"`, letters(300 * MIB), '"\n', row(3)]);
  assert.equal(session.rows, 2);
  assert.match(series.end, /memory\.log:3: is longer than 1 MiB/);
});

Deno.test("recordings: a quoted field that never ends is refused, however many lines it has", async () => {
  const { series } = await both([HEADER, `${STAMP}1Z,"\n`, new TextEncoder().encode('""\n'.repeat(MIB / 4))]);
  assert.match(series.end, /memory\.log:2: is not valid CSV \(a quoted field does not end\)/);
});

Deno.test("recordings: a header of 200,000 names is no table", async () => {
  const names = Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(",");
  const { session, series } = await both([`Timestamp,${names.slice(0, MIB - 20)}\n`, row(1)]);
  assert.equal(session.rows, 0);
  assert.match(series.end, /:1: has \d+ columns; give a table of at most 1,000/);
});

Deno.test("recordings: a gzip bomb of 2 MB is given up", async () => {
  const zeros = gzipSync(new Uint8Array(256 * MIB).fill(120));
  // Members behind each other are one file (RFC 1952): 2 GiB of x.
  const bomb = Array.from({ length: 8 }, () => zeros);
  const head = gzipSync(new TextEncoder().encode(HEADER + row(1)));
  assert.ok(8 * zeros.length + head.length < 2.2 * MIB);
  for (const pieces of [[head, ...bomb], [gzipSync(new Uint8Array(512 * MIB).fill(120))]]) {
    await inDirectory(async (directory) => {
      const path = `${directory}/${LOG}.1.gz`;
      write(path, ...pieces);
      const [session, series] = await Promise.all([read("session", directory), read("series", path)]);
      assert.equal(session.end, "read");
      assert.match(series.end, /cannot be unpacked \(it becomes larger than a log can be/);
      assert.ok(session.peak_bytes < 300 * MIB, `${session.peak_bytes / MIB} MiB`);
      assert.ok(series.peak_bytes < 400 * MIB, `${series.peak_bytes / MIB} MiB`);
    });
  }
});

Deno.test("recordings: a million rows are read in less than 200 MiB, and the event loop is served meanwhile", async () => {
  const start = Date.parse("2026-01-01T00:00:00Z");
  const text = (count: number) =>
    HEADER +
    Array.from({ length: count }, (_, i) => `${new Date(start + i * 1000).toISOString()},${i}\n`).join("");
  const { session, series } = await both([text(1_000_000)]);
  assert.equal(session.rows, 1_000_000);
  assert.ok(series.rows > 30_000 && series.end === "read");
  assert.ok(session.turns > 20, `${session.turns}`);
});
