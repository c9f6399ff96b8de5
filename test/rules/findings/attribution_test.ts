import { completeFinding } from "../../make_finding.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Finding, FindingKind } from "../../../model/finding.ts";
import { attribute, withEffects } from "../../../rules/findings/attribution.ts";
import { FINDING_KINDS } from "../../../model/finding.ts";

const MIB = 1024 * 1024;

function finding(kind: FindingKind, name: string, mid: number, more: Partial<Finding> = {}): Finding {
  const isCount = /descriptors|threads|mappings|cgroups/.test(kind) || name === "sockets";
  return completeFinding({
    kind,
    subject: { pid: null, start_ticks: null, name, unit: null, container: null },
    verdict: "leak",
    severity: "warning",
    confidence: 0.9,
    rate_per_hour: { low: mid, mid, high: mid },
    unit: isCount ? "count" : "bytes",
    time_to_limit_seconds: null,
    evidence: "",
    next_step: "",
    ...more,
  });
}

const of = (pid: number, kind: FindingKind, mid: number, more: Partial<Finding> = {}) =>
  finding(kind, "worker", mid, {
    subject: { pid, start_ticks: 1, name: "worker", unit: null, container: "abc" },
    ...more,
  });

const told = (...findings: Finding[]) =>
  withEffects(attribute(findings)).map(({ finding, effects }) => [
    finding.kind,
    ...effects.map(({ subject }) => subject.name),
  ]);

Deno.test("told once: a process that leaks sockets speaks for the kernel's view of them", () => {
  // 180 a second, as the kernel charges them.
  const hour = 180 * 3600;
  const descriptors = of(7, "process-descriptors", hour);
  const echoes = [
    finding("kernel-descriptors", "file-nr", hour),
    finding("kernel-memory", "sockets", hour),
    finding("kernel-slab", "UNIX", 1088 * hour),
    finding("kernel-slab", "sock_inode_cache", 832 * hour),
    finding("kernel-slab", "filp", 256 * hour),
    finding("kernel-slab", "signal_cache", 1088 * hour),
  ];
  assert.deepEqual(told(...echoes, descriptors), [[
    "process-descriptors",
    "file-nr",
    "sockets",
    "UNIX",
    "sock_inode_cache",
    "filp",
    "signal_cache",
  ]]);
});

Deno.test("told once: what grows by more than its supposed cause can make is told by itself", () => {
  const hour = 10 * 3600;
  const descriptors = of(7, "process-descriptors", hour);
  for (
    const other of [
      finding("kernel-slab", "dentry", 192 * 10_000 * 3600),
      finding("kernel-slab", "kmalloc-1k", 1024 * hour),
      finding("kernel-memory", "sockets", 5 * hour),
      finding("kernel-memory", "PageTables", MIB * 3600),
      finding("kernel-cgroups", "dying cgroups", hour),
    ]
  ) assert.equal(told(descriptors, other).length, 2, other.subject.name);
});

Deno.test("told once: threads, and their stacks, mappings, memory and objects", () => {
  const hour = 30 * 3600;
  assert.deepEqual(
    told(
      of(9, "process-threads", hour),
      of(9, "process-mappings", 2 * hour),
      of(9, "process-memory", 10 * 1024 * hour),
      of(10, "process-memory", 10 * 1024 * hour),
      finding("kernel-memory", "KernelStack", 16 * 1024 * hour),
      finding("kernel-memory", "VmallocUsed", 16 * 1024 * hour),
      finding("kernel-slab", "task_struct", 9000 * hour),
    ).map(([kind, ...also]) => [kind, also.length]),
    [["process-threads", 5], ["process-memory", 0]],
  );
});

Deno.test("told once: a container, its process and the machine's memory are one leak", () => {
  const process = of(3, "process-memory", 90 * MIB);
  const container = finding("container-memory", "shop", 100 * MIB, {
    subject: { pid: null, start_ticks: null, name: "shop", unit: null, container: "abc" },
  });
  const inUse = finding("system-memory", "memory-used", 110 * MIB);
  assert.deepEqual(told(inUse, container, process), [["process-memory", "memory-used", "shop"]]);
  // Nobody in the container explains it: then the container does, and the machine's total is its echo.
  assert.deepEqual(told(inUse, container), [["container-memory", "memory-used"]]);
  assert.deepEqual(told(inUse, of(3, "process-memory", 20 * MIB)).length, 2);
  assert.deepEqual(told(finding("system-memory", "swap", 80 * MIB), process).length, 2);
});

Deno.test("told once: many small causes explain a total together", () => {
  const inUse = finding("system-memory", "memory-used", 100 * MIB);
  const parts = Array.from({ length: 8 }, (_, pid) => of(pid + 10, "process-memory", 10 * MIB));
  assert.equal(told(inUse, ...parts).length, 8);
});

Deno.test("told once: an echo that is surer or more urgent than its cause stays", () => {
  const cause = of(3, "process-memory", 100 * MIB, { verdict: "growing" });
  const echo = finding("system-memory", "memory-used", 100 * MIB);
  assert.equal(told(cause, echo).length, 2);
  assert.equal(told(cause, { ...echo, verdict: "growing" }).length, 1);
  assert.equal(told({ ...cause, verdict: "leak" }, { ...echo, severity: "critical" }).length, 2);
});

Deno.test("told once: nothing is lost and nothing told twice, whatever is found", () => {
  const some = fc.record({
    kind: fc.constantFrom(...FINDING_KINDS),
    name: fc.constantFrom("sockets", "dentry", "UNIX", "KernelStack", "memory-used", "worker"),
    mid: fc.double({ noNaN: true, min: -1e6, max: 1e12 }),
    pid: fc.option(fc.integer({ min: 1, max: 3 })),
    verdict: fc.constantFrom("leak" as const, "growing" as const),
  });
  fc.assert(fc.property(fc.array(some, { maxLength: 12 }), (parts) => {
    const findings = parts.map(({ kind, name, mid, pid, verdict }) =>
      pid === null ? finding(kind, name, mid, { verdict }) : of(pid, kind, mid, { verdict })
    );
    const attributed = attribute(findings);
    const told = withEffects(attributed).flatMap(({ finding, effects }) => [finding, ...effects]);
    assert.equal(new Set(told.map(({ key }) => key)).size, new Set(attributed.map(({ key }) => key)).size);
    // A cause is among the findings and has none itself.
    for (const { caused_by } of attributed) {
      if (caused_by !== null) assert.equal(attributed.find(({ key }) => key === caused_by)!.caused_by, null);
    }
  }));
});

const inCgroup = (kind: FindingKind, name: string, mid: number, cgroup: string, pid: number | null = null) =>
  finding(kind, name, mid, {
    subject: {
      pid,
      start_ticks: pid && 70,
      name,
      unit: kind === "unit-memory" ? name : null,
      container: kind === "unit-memory" ? null : "abc",
      cgroup,
    },
  });
const inContainer = inCgroup("process-memory", "worker", 60, "/docker/abc", 7);
const container = inCgroup("container-memory", "shop", 60, "/docker/abc");

Deno.test("attribution: a parent cgroup that only repeats what is inside it is left out", () => {
  const parent = inCgroup("unit-memory", "/docker", 100, "/docker");
  assert.deepEqual(told(inContainer, container, parent), [["process-memory", "shop"]]);
});

Deno.test("attribution: growth of a cgroup that nothing inside explains stays", () => {
  const parent = inCgroup("unit-memory", "/docker", 1000, "/docker");
  assert.deepEqual(told(inContainer, parent), [["process-memory"], ["unit-memory"]]);
});

Deno.test("attribution: a path that merely begins alike is another cgroup", () => {
  const other = inCgroup("unit-memory", "/dock", 60, "/dock");
  assert.deepEqual(told(inContainer, other), [["process-memory"], ["unit-memory"]]);
});

Deno.test("attribution: caches behind leaked network namespaces are their effect, and the cause stands first", () => {
  const namespaces = finding("kernel-memory", "network namespaces", 3600, { unit: "count" });
  const caches = ["kmalloc-512", "proc_inode_cache", "net_namespace", "kmalloc-4k"].map((name) =>
    finding("kernel-slab", name, 3600 * 20_000)
  );
  assert.deepEqual(told(...caches, namespaces), [[
    "kernel-memory",
    ...caches.map((each) => each.subject.name),
  ]]);
});
