import assert from "node:assert/strict";
import { CgroupWatch } from "../../../collectors/cgroup/cgroup_watch.ts";
import { processExpensiveCollector } from "../../../collectors/process/process_expensive.ts";
import { LIVE_ROOTS } from "../../../collectors/roots.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import { aProcess, MiB } from "../../rules/findings/machine.ts";

/** Eight large programs, small ones with some address space, and a pass over them; `maps` has five lines each. */
function machine(smallPids: readonly number[]) {
  const proc = Deno.makeTempDirSync();
  const large = Array.from({ length: 8 }, (_, i) => aProcess(100 + i, { rss_bytes: (i + 2) * 100 * MiB }));
  const small = smallPids.map((pid) => aProcess(pid, { rss_bytes: MiB, vsz_bytes: 3 * MiB }));
  const processes = [...large, ...small];
  for (const { pid } of processes) {
    Deno.mkdirSync(`${proc}/${pid}`);
    Deno.writeTextFileSync(
      `${proc}/${pid}/maps`,
      "7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n".repeat(5),
    );
  }
  const collector = processExpensiveCollector(), roots = { ...LIVE_ROOTS, proc };
  const context = { roots, cgroups: new CgroupWatch(roots, () => {}), unavailable: () => {} };
  const sample = { ...emptySample(), processes };
  const pass = () => collector.collect(sample, context);
  return { small, pass, [Symbol.dispose]: () => Deno.removeSync(proc, { recursive: true }) };
}

Deno.test("mappings are counted of a small program whose address space widens, and of no other small one", () => {
  using world = machine([1, 2]);
  const [widening, still] = world.small as [ProcessSample, ProcessSample];
  world.pass();
  assert.equal(widening.mappings, null);
  widening.vsz_bytes = 4 * MiB;
  world.pass();
  assert.deepEqual([widening.mappings, still.mappings], [5, null]);
});

Deno.test("runtimes that reserve gigabytes once do not keep out who widens on", () => {
  using world = machine([1, 2, 3, 4, 5]);
  const [leaking, ...runtimes] = world.small as [ProcessSample, ...ProcessSample[]];
  world.pass();
  for (const runtime of runtimes) runtime.vsz_bytes += 16_000 * MiB;
  for (let pass = 0; pass < 4; pass++) {
    leaking.vsz_bytes += MiB;
    world.pass();
  }
  assert.equal(leaking.mappings, 5);
});

Deno.test("a look that was held up once is not the last", () => {
  using world = machine([1]);
  const widening = world.small[0]!, { now } = performance;
  const heldUp = () => performance.now = ((clock) => () => clock += 50)(0);
  world.pass();
  widening.vsz_bytes *= 2;
  try {
    heldUp();
    world.pass();
  } finally {
    performance.now = now;
  }
  assert.equal(widening.mappings, 5);
  widening.mappings = null;
  for (let pass = 0; pass < 10; pass++) world.pass();
  assert.equal(widening.mappings, 5);
});
