/** What must hold of alert states whatever happens. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { Bench, makeMemory, makeProcess, MiB } from "./make.ts";

const RULES = `
builtin: false
quiet_hours: [{from: "22:00", to: "07:00"}]
rules:
  - name: high
    scope: system
    when: memory_used_percent > 80
    until: memory_used_percent < 70
    for: 20s
    severity: warning
    message: "{memory_used_percent}"
    next_step: n
  - name: big
    scope: process
    when: rss_bytes > 104857600
    for: 10s
    keep_firing_for: 30s
    severity: critical
    message: "{name}"
    next_step: n
`;

const step = fc.record({
  seconds: fc.integer({ min: 1, max: 4000 }),
  percent: fc.option(fc.integer({ min: 0, max: 100 })),
  processes: fc.array(
    fc.record({
      pid: fc.integer({ min: 1, max: 4 }),
      start: fc.integer({ min: 1, max: 2 }),
      big: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  gap: fc.boolean(),
  restart: fc.boolean(),
});

Deno.test("states: nothing fires twice without an end, nothing ends that did not fire, whoever is told is told of the end", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let bench = new Bench(RULES);
      const firing = new Map<string, { since: string; told: boolean }>();
      for (const { seconds, percent, processes, gap, restart } of steps) {
        if (restart) {
          const state = JSON.parse(JSON.stringify(bench.engine));
          const { time } = bench;
          bench = new Bench(RULES);
          bench.time = time;
          assert.ok(bench.engine.restore(state, "boot-1"));
        }
        const one = new Map(processes.map((process) => [process.pid, process]));
        const changes = bench.step(seconds, {
          memory: percent === null ? null : makeMemory(percent),
          processes: [...one.values()].map(({ pid, start, big }) =>
            makeProcess(pid, { start_ticks: start, rss_bytes: big ? 200 * MiB : MiB })
          ),
          discontinuity: gap,
        });
        for (const { alert, route } of changes) {
          const key = alert.id;
          const known = firing.get(key);
          if (alert.state === "resolved") {
            assert.ok(known, `${key} ended without having fired`);
            assert.equal(route === "all", known.told);
            firing.delete(key);
          } else if (route === "notify") {
            assert.equal(known?.told, false);
            firing.set(key, { since: alert.since, told: true });
          } else {
            assert.equal(alert.state, "firing");
            assert.equal(known, undefined, `${key} fired twice`);
            firing.set(key, { since: alert.since, told: route === "all" });
          }
          assert.match(alert.since, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        }
        const active = bench.engine.active().filter(({ state }) => state === "firing");
        assert.deepEqual(active.map(({ id }) => id).sort(), [...firing.keys()].sort());
        assert.equal(
          new Set(active.map((alert) => `${alert.rule} ${alert.subject} ${alert.id}`)).size,
          active.length,
        );
      }
    }),
    { numRuns: 150 },
  );
});
