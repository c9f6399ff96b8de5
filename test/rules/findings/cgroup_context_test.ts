import assert from "node:assert/strict";
import { emptyContainer } from "../../../model/empty_records.ts";
import type { ContainerSample } from "../../../model/sample.ts";
import { LeakDetector } from "../../../rules/findings/leak_detector.ts";
import { aProcess, aUnit, MiB, samples } from "./machine.ts";

const ID = "ab".repeat(32);

function aContainer(parts: Partial<ContainerSample>): ContainerSample {
  return { ...emptyContainer(ID), name: "lab-leaker", engine: "docker", cgroup: `/docker/${ID}`, ...parts };
}

function findingsOf(fill: Parameters<typeof samples>[2]) {
  const watch = new LeakDetector();
  for (const sample of samples(90, 2, fill)) watch.observe(sample);
  return watch.findings();
}

Deno.test("a leak in a container: both findings speak of both, and of the limit", () => {
  const findings = findingsOf((sample, i) => {
    const bytes = (10 + i * 0.5) * MiB;
    sample.containers = [aContainer({
      anon_bytes: bytes,
      shmem_bytes: 0,
      working_set_bytes: bytes,
      limit_bytes: 96 * MiB,
      limit_cgroup: `/docker/${ID}`,
    })];
    sample.processes = [
      aProcess(812, { name: "python", anon_bytes: bytes - 5 * MiB, container: ID }),
      aProcess(1, { name: "init", anon_bytes: MiB, container: ID }),
    ];
  });
  const container = findings.find((finding) => finding.kind === "container-memory")!;
  assert.equal(container.subject.name, "lab-leaker");
  assert.equal(container.subject.container, ID);
  assert.equal(container.verdict, "growing", "three minutes accuse nobody");
  assert.match(container.evidence, /python \(812\) holds most of it, 57 % of its 96 MiB limit/);
  assert.equal(container.time_to_limit_seconds?.limit, "memory limit");
  const process = findings.find((finding) => finding.subject.pid === 812)!;
  assert.match(process.evidence, /in container lab-leaker, 57 % of its 96 MiB limit/);
  assert.equal(process.time_to_limit_seconds?.limit, "memory limit of container lab-leaker");
});

Deno.test("a limit that a parent sets is told as the parent's, and a missing one not at all", () => {
  const evidenceOf = (parts: Partial<ContainerSample>) =>
    findingsOf((sample, i) => {
      const bytes = (10 + i * 0.5) * MiB;
      sample.containers = [aContainer({ anon_bytes: bytes, working_set_bytes: bytes, ...parts })];
    })[0]!.evidence;
  assert.match(evidenceOf({ limit_bytes: 96 * MiB, limit_cgroup: "/" }), /57 % of its parent's 96 MiB limit/);
  assert.doesNotMatch(evidenceOf({}), /limit/);
});

Deno.test("a leak in a unit with a limit says how near it is", () => {
  const findings = findingsOf((sample, i) => {
    const bytes = (10 + i * 0.5) * MiB;
    sample.units = [aUnit("app.service", bytes, 200 * MiB)];
    sample.processes = [aProcess(7, {
      name: "java",
      unit: "app.service",
      cgroup: "/system.slice/app.service",
      anon_bytes: bytes,
    })];
  });
  const process = findings.find((finding) => finding.subject.pid === 7)!;
  assert.match(process.evidence, /in app\.service, 27 % of its 200 MiB limit/);
});

Deno.test("a growing number of cgroups is told as cgroups, and stale kernel readings count once", () => {
  const findings = findingsOf((sample, i) => {
    const cgroups = 50 + i * 40;
    sample.kernel = { cgroups, dying_cgroups: 0 } as NonNullable<typeof sample.kernel>;
  });
  const finding = findings.find((entry) => entry.kind === "kernel-cgroups")!;
  assert.deepEqual([finding.subject.name, finding.unit, finding.verdict], ["cgroups", "count", "growing"]);
  const stale = findingsOf((sample, i) => {
    sample.updated = new Set(i % 45 === 0 ? ["kernel_memory"] : ["meminfo"]);
    sample.kernel = { cgroups: 50 + i * 40, dying_cgroups: 0 } as NonNullable<typeof sample.kernel>;
  });
  assert.deepEqual(stale, []);
});
