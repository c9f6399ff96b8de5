/** A tree that scripts/capture_machine.ts took of a real machine: cgroup version 1 with the unified tree beside it, podman. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Sampler } from "../../collectors/mod.ts";
import { memoryMap } from "../../model/memory_map.ts";
import type { Sample } from "../../model/sample.ts";

const DIRECTORY = fileURLToPath(new URL("../fixtures/captured_hybrid", import.meta.url));

Deno.test("captured: a real hybrid machine is read, with its containers in version 1", () => {
  const sampler = new Sampler({ roots: { proc: `${DIRECTORY}/proc`, sys: `${DIRECTORY}/sys` } });
  try {
    const sample = sampler.take(true);
    assert.deepEqual(failed(sample), []);
    assert.equal(sample.host.hostname, "machine");

    const { memory } = sample;
    const { rows, total_bytes } = memoryMap(memory!, sample.kernel);
    assert.equal(rows.reduce((sum, { bytes }) => sum + bytes, 0), total_bytes);
    assert.ok(Math.abs(memory!.unaccounted_bytes) < 0.1 * total_bytes);
    assert.ok(sample.slab_caches!.length > 100);
    assert.ok(sample.pressure!.memory!.some.total_microseconds > 0);

    const threads = sample.processes.filter((process) => process.is_kernel_thread);
    assert.ok(threads.length >= 2 && threads.every(({ rss_bytes }) => rss_bytes === 0));
    const programs = sample.processes.filter((process) => !process.is_kernel_thread);
    assert.ok(programs.length >= 20);
    for (const { pid, rss_bytes, anon_bytes, vsz_bytes, pss_bytes } of programs) {
      assert.ok(rss_bytes > 0 && anon_bytes <= rss_bytes && rss_bytes <= vsz_bytes, `${pid}`);
      assert.ok(pss_bytes === null || pss_bytes <= rss_bytes * 1.01, `${pid}`);
    }

    assert.ok(sample.containers.length >= 4);
    for (const { id, engine, usage_bytes, anon_bytes, cgroup } of sample.containers) {
      if (engine !== "unknown") assert.match(id, /^[0-9a-f]{64}$/, engine);
      assert.ok(usage_bytes! > 0 && anon_bytes! <= usage_bytes!, cgroup);
    }
    const inside = sample.processes.filter(({ container }) => container !== null);
    assert.ok(inside.every(({ container }) => sample.containers.some(({ id }) => id === container)));
  } finally {
    sampler.close();
  }
});

/** Collectors that failed, but for those whose file this tree was captured without. */
function failed({ collectors, unavailable }: Sample): string[] {
  const isAbsent = (source: string) =>
    unavailable.some((each) => each.source === source && each.why === "not present on this kernel");
  return collectors.filter(({ ok, source }) => !ok && !isAbsent(source)).map(({ name }) => name);
}
