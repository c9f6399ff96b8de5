/** A real kill at a real limit, in a cgroup that is removed and made anew before the next look. */

import assert from "node:assert/strict";
import { readCgroupHierarchy } from "../../../collectors/cgroup/cgroup_hierarchy.ts";
import { LIVE_ROOTS } from "../../../collectors/roots.ts";
import { Sampler } from "../../../collectors/mod.ts";
import { AlertEngine } from "../../../rules/alerts/engine.ts";
import { builtinRules } from "../../../rules/alerts/parse.ts";
import { requires } from "../../requires.ts";

const NAME = `leakwatch-kill-${Deno.pid}`;

Deno.test({
  ...requires("kills: a service that is killed and restarted between two looks has its alert", "root"),
  fn: () => {
    const layout = readCgroupHierarchy(LIVE_ROOTS);
    assert.ok(layout?.memory, "memory cgroups are there");
    const directory = `${layout.tree}/${NAME}`;
    const limit = layout.memory === 1 ? "memory.limit_in_bytes" : "memory.max";
    const make = () => {
      Deno.mkdirSync(directory);
      Deno.writeTextFileSync(`${directory}/${limit}`, `${16 * 2 ** 20}`);
      // Free swap would take what the limit refuses.
      const [swap, most] = layout.memory === 1
        ? ["memory.memsw.limit_in_bytes", `${16 * 2 ** 20}`]
        : ["memory.swap.max", "0"];
      try {
        Deno.writeTextFileSync(`${directory}/${swap}`, most);
      } catch { /* a kernel that does not account swap */ }
    };
    const remove = () => {
      for (let tries = 0; tries < 50; tries++) {
        try {
          return Deno.removeSync(directory);
        } catch { /* its last process is still being torn down */ }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    };
    make();
    const sampler = new Sampler({ roots: LIVE_ROOTS });
    try {
      const engine = new AlertEngine(builtinRules());
      const look = () => {
        const sample = sampler.take(true);
        sample.time_seconds += 15;
        // Other tests may remove cgroups in the same second, which the kill would be ascribed to as well.
        sample.units = sample.units.filter(({ name }) => name === `/${NAME}`);
        sample.containers = [];
        return engine.evaluate({ sample, findings: null }).map(({ alert }) =>
          `${alert.rule} ${alert.subject}`
        );
      };
      look();
      const script = `echo $$ > '${directory}/cgroup.procs'; head -c 1000m /dev/zero | tail > /dev/null`;
      new Deno.Command("sh", { args: ["-c", script], stdout: "null", stderr: "null" }).outputSync();
      remove();
      make();
      const said = look();
      assert.ok(said.includes(`unit-oom-kill /${NAME}`), `${said}`);
      assert.equal(sampler.sample.units.find(({ name }) => name === `/${NAME}`)?.oom_kills, 0);
    } finally {
      sampler.close();
      remove();
    }
  },
});
