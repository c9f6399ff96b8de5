/** Sinks that write lines: stderr and the journal; and who gets what. */

import assert from "node:assert/strict";
import { JournalSink } from "../../sinks/journal.ts";
import { SinkSet } from "../../sinks/mod.ts";
import { StderrSink } from "../../sinks/stderr.ts";
import type { AlertChange, Severity } from "../../model/finding.ts";
import { makeAlert, until } from "./make.ts";

Deno.test("stderr: one line per change, with a priority where stderr is the journal", () => {
  const lines: string[] = [];
  const plain = new StderrSink({ type: "stderr" }, (line) => lines.push(line), false);
  plain.send(makeAlert());
  plain.send(makeAlert({ state: "resolved", message: "over after 3 s: it leaked" }));
  const journal = new StderrSink({ type: "stderr" }, (line) => lines.push(line), true);
  journal.send(makeAlert({ severity: "critical" }));
  assert.deepEqual(lines, [
    "WARNING leak: java (812) leaks 96 MiB/h → jcmd 812 GC.heap_info",
    "RESOLVED leak: over after 3 s: it leaked",
    "<2>CRITICAL leak: java (812) leaks 96 MiB/h → jcmd 812 GC.heap_info",
  ]);
});

Deno.test("journal: speaks the stream protocol, and connects anew after journald was restarted", async () => {
  const directory = Deno.makeTempDirSync();
  const socket = `${directory}/stdout`;
  const sink = new JournalSink({ type: "journal", socket }, 0.005);
  sink.send(makeAlert());
  await until(() => sink.error() !== null);
  assert.match(sink.error()!.why, /no such file/);

  const listener = Deno.listen({ transport: "unix", path: socket });
  const connection = await listener.accept();
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!text.includes("leaks")) {
    text += new TextDecoder().decode(buffer.subarray(0, (await connection.read(buffer)) ?? 0));
  }
  assert.equal(
    text,
    "leakwatch\n\n6\n1\n0\n0\n0\n<4>WARNING leak: java (812) leaks 96 MiB/h → jcmd 812 GC.heap_info\n",
  );
  await until(() => sink.error() === null);
  await sink.close(1);
  connection.close();
  listener.close();
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("sinks: each gets what is for it; quiet hours and small alerts are kept from people, not from the log", async () => {
  const log: string[] = [];
  const people: string[] = [];
  const set = new SinkSet({
    sinks: [{ type: "stderr", severity: "warning" }],
    host: "h",
    log: (alert) => log.push(alert.id),
    stderr: (line) => people.push(line.split(" ")[0]!),
  });
  const change = (id: string, severity: Severity, route: AlertChange["route"]): AlertChange => ({
    alert: makeAlert({ id, severity }),
    route,
  });
  set.send([
    change("a", "info", "all"),
    change("b", "warning", "all"),
    change("c", "warning", "log"),
    change("c", "critical", "notify"),
  ]);
  assert.deepEqual(log, ["a", "b", "c"]);
  assert.deepEqual(people, ["WARNING", "CRITICAL"]);
  assert.deepEqual(set.errors(), []);
  await set.close(1);
});

Deno.test("sinks: without configuration there is stderr; a failing one is told", async () => {
  const lines: string[] = [];
  const set = new SinkSet({ sinks: null, host: "h", stderr: (line) => lines.push(line) });
  set.send([{ alert: makeAlert(), route: "all" }]);
  assert.equal(lines.length, 1);
  await set.close(1);
  const failing = new SinkSet({ sinks: [{ type: "command", command: ["/no/such"] }], host: "h" });
  failing.send([{ alert: makeAlert(), route: "all" }]);
  assert.match(failing.errors()[0]!.why, /cannot run/);
  await failing.close(1);
});
