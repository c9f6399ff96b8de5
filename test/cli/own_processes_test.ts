import assert from "node:assert/strict";
import { ownFindings } from "../../cli/own_processes.ts";
import { aFinding, aProcess } from "./report_sample.ts";
import type { Finding } from "../../model/finding.ts";

const processes = [
  aProcess(50, "leakwatch", { unit: "leakwatch-boot.service" }),
  aProcess(51, "leakwatch", { ppid: 50, unit: "leakwatch-boot.service" }),
  aProcess(60, "java"),
];
const unit = (name: string): Finding =>
  aFinding(processes[0]!, {
    kind: "unit-memory",
    subject: { pid: null, start_ticks: null, name, unit: name, container: null },
  });

Deno.test("own processes: leakwatch, what it started, and its unit are no suspects; others are", () => {
  const isOwn = ownFindings({ processes }, 50);
  assert.deepEqual(processes.map((process) => isOwn(aFinding(process))), [true, true, false]);
  assert.equal(isOwn(unit("leakwatch-boot.service")), true);
  assert.equal(isOwn(unit("app.service")), false);
  assert.equal(isOwn(unit("gone.service")), false);
  assert.equal(ownFindings({ processes }, undefined)(aFinding(processes[0]!)), false);
});
