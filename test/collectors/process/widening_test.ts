import assert from "node:assert/strict";
import { CgroupWatch } from "../../../collectors/cgroup/cgroup_watch.ts";
import { processExpensiveCollector } from "../../../collectors/process/process_expensive.ts";
import { LIVE_ROOTS } from "../../../collectors/roots.ts";
import { emptySample } from "../../../model/empty_sample.ts";
import { aProcess, MiB } from "../../rules/findings/machine.ts";

Deno.test("mappings are counted of a small program whose address space widens, and of no other small one", () => {
  const proc = Deno.makeTempDirSync();
  const large = Array.from({ length: 8 }, (_, i) => aProcess(100 + i, { rss_bytes: (i + 2) * 100 * MiB }));
  const small = aProcess(1, { rss_bytes: MiB, vsz_bytes: 3 * MiB });
  const still = aProcess(2, { rss_bytes: MiB, vsz_bytes: 3 * MiB });
  for (const { pid } of [...large, small, still]) {
    Deno.mkdirSync(`${proc}/${pid}`);
    Deno.writeTextFileSync(
      `${proc}/${pid}/maps`,
      "7f0000000000-7f0000001000 rw-p 00000000 00:00 0\n".repeat(5),
    );
  }
  const collector = processExpensiveCollector(), roots = { ...LIVE_ROOTS, proc };
  const context = { roots, cgroups: new CgroupWatch(roots, () => {}), unavailable: () => {} };
  const sample = { ...emptySample(), processes: [...large, small, still] };
  collector.collect(sample, context);
  assert.equal(small.mappings, null);
  small.vsz_bytes = 4 * MiB;
  collector.collect(sample, context);
  assert.deepEqual([small.mappings, still.mappings], [5, null]);
  Deno.removeSync(proc, { recursive: true });
});
