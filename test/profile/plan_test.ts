/** What is run with which consent. */

import assert from "node:assert/strict";
import type { ConsentLevel, Method } from "../../profile/method.ts";
import { type Offered, planSteps } from "../../profile/plan.ts";

function offered(
  name: string,
  rank: number,
  consent: ConsentLevel,
  reason: string | null = null,
  layer?: Method["layer"],
): Offered {
  const method = { name, rank, title: name, layer } as Method;
  const cost = { pause: "200 ms", slowdown: "none", left_behind: "nothing" };
  return {
    method,
    offer: { available: reason === null, reason, needs: [], consent, cost, undo: "", commands: [] },
  };
}

const NATIVE = [
  offered("perf-mmap", 30, 0),
  offered("perf-malloc", 40, 1),
  offered("snapshot", 50, 2),
  offered("page-faults", 85, 0),
  offered("smaps", 90, 0),
];
const names = (methods: Offered[]) => methods.map(({ method }) => method.name);

Deno.test("plan: without consent the free methods, and what consent would add", () => {
  const plan = planSteps(NATIVE, "auto", 0);
  assert.deepEqual(names(plan.steps), ["perf-mmap"]);
  assert.equal(plan.consent, 0);
  assert.deepEqual(names(plan.declined), ["perf-malloc"]);
});

Deno.test("plan: with consent the best that asks once follows; what asks twice has to be named", () => {
  for (const consent of [1, 2] as const) {
    const plan = planSteps(NATIVE, "auto", consent);
    assert.deepEqual(names(plan.steps), ["perf-mmap", "perf-malloc"]);
    assert.equal(plan.consent, 1);
  }
  assert.deepEqual(names(planSteps(NATIVE, "snapshot", 2).steps), ["snapshot"]);
  assert.throws(() => planSteps(NATIVE, "snapshot", 1), /needs consent \(200 ms\); add --yes --yes/);
  assert.throws(() => planSteps(NATIVE, "perf-malloc", 0), /add --yes$/);
});

Deno.test("plan: where nothing tells who, the hints; where nothing runs, why", () => {
  assert.deepEqual(names(planSteps(NATIVE.slice(3), "auto", 2).steps), ["page-faults"]);
  assert.throws(
    () => planSteps([offered("smaps", 90, 0, "may not read its smaps")], "auto", 2),
    /may not read its smaps/,
  );
  assert.throws(
    () => planSteps([offered("perf-malloc", 40, 1, "perf is not installed")], "perf-malloc", 2),
    /method perf-malloc: perf is not installed/,
  );
  assert.throws(
    () => planSteps(NATIVE, "magic", 2),
    /no method magic for this process; there are: auto, perf-mmap/,
  );
});

Deno.test("plan: of a runtime the best for its heap, then what looks outside it", () => {
  const java = [
    offered("old-objects", 10, 1),
    offered("histogram", 12, 1),
    offered("native-memory", 40, 1, "not tracked", "outside"),
    offered("class-loaders", 41, 1, null, "outside"),
    offered("perf-malloc", 45, 1, null, "outside"),
    offered("smaps", 90, 0),
  ];
  assert.deepEqual(names(planSteps(java, "auto", 1).steps), [
    "old-objects",
    "histogram",
    "class-loaders",
    "perf-malloc",
  ]);
  assert.deepEqual(names(planSteps(java, "auto", 0).steps), ["smaps"]);
  assert.deepEqual(names(planSteps(java, "auto", 0).declined), ["old-objects"]);
});
