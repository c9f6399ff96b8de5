import assert from "node:assert/strict";
import { emptySample } from "../../../model/empty_sample.ts";
import type { Sample, UnitSample } from "../../../model/sample.ts";
import type { Finding, FindingKind } from "../../../model/finding.ts";
import { withoutEnclosingCgroups } from "../../../rules/findings/enclosing_cgroups.ts";

const CONTAINER = "/docker/abc";

function sample(): Sample {
  return Object.assign(emptySample(), {
    processes: [{ pid: 7, start_ticks: 70, cgroup: CONTAINER }],
    containers: [{ id: "abc", cgroup: CONTAINER }],
    units: [{ name: "/docker", cgroup: "/docker" }, { name: "/dock", cgroup: "/dock" }] as UnitSample[],
  });
}

function finding(
  kind: FindingKind,
  name: string,
  rate: number,
  more: Partial<Finding["subject"]> = {},
): Finding {
  return {
    kind,
    subject: { pid: null, start_ticks: null, name, unit: null, container: null, ...more },
    verdict: "leak",
    severity: "warning",
    confidence: 0.9,
    rate_per_hour: { low: rate, mid: rate, high: rate },
    unit: "bytes",
    time_to_limit_seconds: null,
    evidence: "",
    next_step: "",
  };
}

const names = (findings: Finding[]) => findings.map((each) => each.subject.name);
const process = finding("process-memory", "worker", 60, { pid: 7, start_ticks: 70 });
const container = finding("container-memory", "shop", 60, { container: "abc" });

Deno.test("enclosing cgroups: a parent that only repeats what is inside it is left out", () => {
  const parent = finding("unit-memory", "/docker", 100, { unit: "/docker" });
  assert.deepEqual(names(withoutEnclosingCgroups([process, container, parent], sample())), [
    "worker",
    "shop",
  ]);
});

Deno.test("enclosing cgroups: growth that nothing inside explains stays", () => {
  const parent = finding("unit-memory", "/docker", 1000, { unit: "/docker" });
  assert.deepEqual(names(withoutEnclosingCgroups([process, parent], sample())), ["worker", "/docker"]);
});

Deno.test("enclosing cgroups: a path that merely begins alike is another cgroup", () => {
  const other = finding("unit-memory", "/dock", 60, { unit: "/dock" });
  assert.deepEqual(names(withoutEnclosingCgroups([process, other], sample())), ["worker", "/dock"]);
});
