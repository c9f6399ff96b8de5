import { completeFinding } from "../make_finding.ts";
import { attribute } from "../../rules/findings/mod.ts";
import { findingKey } from "../../model/subject.ts";
import assert from "node:assert/strict";
import { findingMessage } from "../../cli/report/sections/finding_message.ts";
import { judgedRest, risingLine, urgentFindings } from "../../cli/report/sections/verdict.ts";
import type { Finding } from "../../model/finding.ts";

function finding(
  kind: Finding["kind"],
  container: string | null,
  mid: number,
  verdict: Finding["verdict"] = "leak",
): Finding {
  return completeFinding({
    kind,
    subject: { pid: null, start_ticks: null, name: "python", unit: null, container },
    verdict,
    severity: "warning",
    confidence: 0.9,
    rate_per_hour: { low: mid, mid, high: mid },
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "",
    next_step: "",
  });
}

Deno.test("verdict: a container whose growth one of its processes explains is told once", () => {
  const process = finding("process-memory", "abc", 90), container = finding("container-memory", "abc", 100);
  assert.deepEqual(urgentFindings(attribute([container, process])).map(({ kind }) => kind), [
    "process-memory",
  ]);
});

Deno.test("verdict: a container is told where no process in it explains its growth", () => {
  const container = finding("container-memory", "abc", 100);
  for (
    const other of [
      finding("process-memory", "abc", 20),
      finding("process-memory", "def", 90),
      finding("process-memory", "abc", 90, "growing"),
      finding("process-descriptors", "abc", 90),
    ]
  ) assert.ok(urgentFindings([container, other]).includes(container));
});

Deno.test("verdict: nothing grows is said only where the window was long enough to know", () => {
  const rest = (samples: number, seconds: number, suspects: boolean) =>
    judgedRest("3 processes", samples, seconds, suspects);
  assert.deepEqual(rest(60, 300, false), { word: "no leak", message: "3 processes: nothing grows." });
  assert.deepEqual(rest(60, 300, true), { word: "rest", message: "3 processes: nothing else grows." });
  assert.deepEqual(rest(11, 20, false).word, "unknown");
  assert.match(rest(11, 20, false).message, /: 11 samples in 20 s is too little to judge growth/);
  assert.match(rest(60, 30, false).message, /: 60 samples in 30 s is too little/);
});

Deno.test("verdict: where else a leak shows stands in its evidence, and nowhere else", () => {
  const process = {
    ...finding("process-descriptors", null, 3600),
    unit: "count" as const,
    evidence: "they rose",
    subject: { pid: 7, start_ticks: 1, name: "nginx", unit: null, container: null },
  };
  const of = (kind: Finding["kind"], name: string, mid: number, unit: Finding["unit"] = "bytes") => ({
    ...finding(kind, null, mid, "growing"),
    unit,
    severity: "info" as const,
    subject: { pid: null, start_ticks: null, name, unit: null, container: null },
  });
  const echoes = [
    of("kernel-memory", "sockets", 3600, "count"),
    of("kernel-slab", "UNIX", 3600 * 1088),
    of("kernel-descriptors", "file-nr", 3600, "count"),
    of("kernel-slab", "filp", 3600 * 256),
  ];
  const all = [...echoes, process].map((each) => ({ ...each, key: findingKey(each) }));
  const [told, ...more] = urgentFindings(attribute(all));
  assert.deepEqual(more, []);
  assert.match(
    told!.evidence,
    /^they rose; the same growth shows in the machine's sockets, slab cache UNIX, the machine's open files and 1 more$/,
  );
  assert.equal(risingLine(attribute(all)), null);
  assert.match(risingLine(echoes)!, /slab cache UNIX/);
});

Deno.test("verdict: a process in a container is told with the container's name", () => {
  const process = {
    ...finding("process-memory", "abc", 3600),
    subject: { pid: 7, start_ticks: 1, name: "python", unit: null, container: "abc" },
  };
  assert.match(
    findingMessage(process, [{ id: "abc", name: "shop-db", pod: null }]),
    /^python \(7, container shop-db\)/,
  );
  assert.match(findingMessage(process), /^python \(7, container abc\)/);
});
