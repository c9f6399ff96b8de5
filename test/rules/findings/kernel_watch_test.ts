import assert from "node:assert/strict";
import { LeakDetector } from "../../../rules/findings/mod.ts";
import { MiB, samples, someMemory } from "./machine.ts";

Deno.test("unaccounted memory is told with how far it is above its lowest since boot, over restarts too", () => {
  const run = samples(120, 5, (sample, i) => {
    sample.memory = someMemory({ unaccounted_bytes: (i === 0 ? 40 : 300 + 4 * i) * MiB });
  });
  let watch = new LeakDetector();
  let seen = 0;
  for (const sample of run) {
    watch.observe(sample);
    // Stopped and started within the same boot.
    if (++seen === 5) watch = LeakDetector.fromJSON(JSON.parse(JSON.stringify(watch.toJSON())));
  }
  const [finding] = watch.findings().filter(({ kind }) => kind === "kernel-unaccounted");
  assert.match(finding!.evidence, /; 736 MiB above the lowest seen since boot \(40 MiB\)$/);
});

Deno.test("kernel memory of every kind is judged: each that leaks is named as what it is", () => {
  const watch = new LeakDetector();
  for (
    const sample of samples(120, 10, (sample, i) => {
      sample.memory = someMemory({
        page_tables_bytes: (20 + i) * MiB,
        secondary_page_tables_bytes: (10 + i) * MiB,
        kernel_stack_bytes: (5 + i) * MiB,
        percpu_bytes: (5 + i) * MiB,
        vmalloc_used_bytes: (50 + 2 * i) * MiB,
        hugetlb_bytes: 2 * i * MiB,
        slab_unreclaimable_bytes: (80 + i) * MiB,
      });
    })
  ) watch.observe(sample);
  const leaks = watch.findings().filter(({ verdict }) => verdict === "leak");
  assert.deepEqual(leaks.map(({ kind, subject }) => `${kind} ${subject.name}`).sort(), [
    "kernel-memory Hugetlb",
    "kernel-memory KernelStack",
    "kernel-memory PageTables",
    "kernel-memory Percpu",
    "kernel-memory SUnreclaim",
    "kernel-memory SecPageTables",
    "kernel-memory VmallocUsed",
  ]);
});
