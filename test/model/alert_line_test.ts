import assert from "node:assert/strict";
import { groupAlerts, groupLine, MAX_LINE_CHARACTERS, shortLine } from "../../model/alert_line.ts";
import { alertLine } from "../../sinks/sink.ts";
import { StderrSink } from "../../sinks/stderr.ts";
import { makeAlert } from "../sinks/make.ts";

Deno.test("alert line: 160 characters at most, and never half a command", () => {
  const long = makeAlert({ message: "java (812) leaks 96 MiB/h, 97 % sure; " + "x".repeat(300) });
  assert.equal(alertLine(long).length, MAX_LINE_CHARACTERS);
  assert.ok(alertLine(long).endsWith("…"));
  const step = makeAlert({ next_step: `awk '${"y".repeat(200)}'   # who` });
  assert.equal(alertLine(step), "WARNING leak: java (812) leaks 96 MiB/h");
  assert.equal(
    alertLine(makeAlert({ next_step: "leakwatch profile 812   # or: jcmd 812" })),
    "WARNING leak: java (812) leaks 96 MiB/h → leakwatch profile 812",
  );
  assert.equal(shortLine("short"), "short");
});

Deno.test("alerts: a flood is a line for each service, the gravest first; a few stay alone", () => {
  const of = (service: string | null, count: number, severity: "warning" | "critical" = "warning") =>
    Array.from({ length: count }, (_, i) => makeAlert({ id: `${service}${i}`, service, severity }));
  assert.equal(groupAlerts(of("app.service", 5)).length, 5);
  const flood = [...of("app.service", 60), ...of("db.service", 12, "critical"), ...of(null, 1)];
  const groups = groupAlerts(flood);
  assert.deepEqual(groups.map(({ service, alerts }) => [service, alerts.length]), [
    ["db.service", 12],
    ["app.service", 60],
    [null, 1],
  ]);
  assert.equal(
    groupLine(groups[0]!),
    "CRITICAL db.service: 12 alerts; java (812) leaks 96 MiB/h",
  );
  const lines: string[] = [];
  new StderrSink({ type: "stderr" }, (line) => lines.push(line), false).sendAll(flood);
  assert.equal(lines.length, 3);
  assert.match(lines[2]!, /^WARNING leak: java/);
});
