/** Weeks of a made-up machine: what the detector keeps is bounded, whoever comes and goes. bench/monitor has the long runs. */

import assert from "node:assert/strict";
import { SimulatedMachine } from "../../../bench/monitor/simulated_machine.ts";
import { LeakDetector } from "../../../rules/findings/mod.ts";

const HOUR = 3600, MIB = 2 ** 20;

Deno.test("programs that live for one sample leave nothing behind", () => {
  const machine = new SimulatedMachine({ interval_seconds: 30, moving: 20, short_lived: 100 });
  const watch = new LeakDetector({ confirmations: 3 });
  let most = 0;
  for (let k = 0; k < 8 * 120; k++) {
    watch.observe(machine.next());
    if (k > 120) most = Math.max(most, watch.use.series);
  }
  // The movers, the machine's own series, and those that were there a moment ago.
  assert.ok(most <= 20 + 2 * 100 + 40, `${most} series`);
  assert.ok(watch.use.used_bytes <= 0.5 * MIB, `${watch.use.used_bytes}`);
});

Deno.test("after two simulated weeks the series of movers lie within the budget, and a slow leak is seen", () => {
  const budget = 2 * MIB, interval_seconds = 600;
  const machine = new SimulatedMachine({
    interval_seconds,
    moving: 150,
    short_lived: 0,
    leaks_bytes_per_second: [2 * MIB / HOUR],
  });
  const watch = new LeakDetector({ confirmations: 3, memory_budget_bytes: budget });
  for (let k = 0; k < 15 * 24 * HOUR / interval_seconds; k++) {
    watch.observe(machine.next());
    assert.ok(watch.use.used_bytes <= budget);
  }
  const found = watch.findings().filter(({ subject }) => subject.pid === machine.leaking_pids[0]);
  assert.deepEqual(found.map(({ verdict }) => verdict), ["leak"]);
});
