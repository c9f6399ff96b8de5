/** The first 24 lines of a report, be there ever so many leaks. */

import assert from "node:assert/strict";
import { renderReport } from "../../cli/report/mod.ts";
import type { Finding } from "../../model/finding.ts";
import { aFinding, anAnalysis, aProcess } from "./report_sample.ts";

const MIB = 2 ** 20;

function withLeaks(names: readonly string[]) {
  const analysis = anAnalysis("java");
  const processes = names.map((name, i) => ({
    ...aProcess(1000 + i, name, { unit: null, command: `/usr/bin/${name} --port ${i}` }),
    memory_bytes: 100 * MIB,
    growth: null,
    verdict: "leak" as const,
    runtime: null,
  }));
  const findings = processes.map((process, i): Finding =>
    aFinding(process, {
      rate_per_hour: { low: 80 * MIB, mid: (90 - i) * MIB, high: 100 * MIB },
      next_steps: [
        { kind: "look", command: `leakwatch profile ${process.pid}`, remark: "which stack grows" },
        {
          kind: "dig",
          command: `gdb -p ${process.pid}`,
          remark: "stops it; gdb is not installed: apt install gdb",
        },
      ],
    })
  );
  return { ...analysis, processes, findings };
}

const lines = (names: readonly string[], verbose = false) =>
  renderReport(withLeaks(names), "text", { top: 15, color: false, verbose }).split("\n");

Deno.test("first screen: ten leaks, who, how sure, until when and what to type, within 24 lines", () => {
  const report = lines(Array.from({ length: 10 }, (_, i) => `program-${i}`));
  const end = report.findIndex((line) => line.startsWith("rest "));
  assert.ok(end > 0 && end < 20, `the answer ends on line ${end + 1}`);
  assert.equal(report.filter((line) => line.startsWith("LEAK ")).length, 8);
  assert.equal(report.filter((line) => /→ look: leakwatch profile/.test(line)).length, 3);
  assert.match(
    report[end - 1]!,
    /^ {8}and 2 more: program-8 \(1008\) \+82 MiB\/h, program-9 .*--verbose lists all$/,
  );
  assert.ok(report.slice(0, 24).some((line) => line.startsWith("MACHINE")), "the machine's state is next");
  assert.ok(!report.some((line) => line.includes("gdb")), "what digs is not on the first screen");
});

Deno.test("first screen: twenty alike are one line", () => {
  const report = lines(Array.from({ length: 20 }, () => "worker"));
  const leaks = report.filter((line) => line.startsWith("LEAK "));
  assert.equal(leaks.length, 1);
  assert.match(
    leaks[0]!,
    /^LEAK {4}20 × worker \(the fastest is 1000\) grow together 1\.6 GiB\/h, 97 % sure\./,
  );
});

Deno.test("first screen: --verbose has every finding with its evidence, and both kinds of steps", () => {
  const report = lines(Array.from({ length: 10 }, (_, i) => `program-${i}`), true).join("\n");
  assert.equal(report.match(/^LEAK /mg)!.length, 10);
  assert.equal(report.match(/the typical level of its memory rose/g)!.length, 10);
  assert.match(report, /→ dig: {2}gdb -p 1000 {3}# stops it; gdb is not installed: apt install gdb/);
});
