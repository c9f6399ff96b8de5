/** Real servers, filled with a fleet of known truth, and leakwatch as a user runs it. */

import assert from "node:assert/strict";
import type { FleetReport } from "../../../fleet/mod.ts";
import { leakwatch } from "../../cli/leakwatch.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { FleetHistory } from "../lab/fleet/history.ts";
import { writeHistory } from "../lab/fleet/remote_write.ts";
import { scoreFleet } from "../lab/fleet/score.ts";
import { type FleetServer, startPrometheus, startVictoriaMetrics } from "../lab/fleet/servers.ts";

const DAYS = 7, STEP = 600;

const ENGINES: [
  name: string,
  part: "prometheus" | "victoria-metrics",
  start: () => Promise<FleetServer>,
  chunk: number | null,
][] = [
  // Prometheus takes samples in order of time only.
  ["Prometheus", "prometheus", startPrometheus, 3000],
  ["VictoriaMetrics", "victoria-metrics", startVictoriaMetrics, null],
];

for (const [name, part, start, chunk] of ENGINES) {
  Deno.test({
    ...requires(`fleet: reads a week of 300 containers from a real ${name}`, part),
    fn: async () => {
      const server = await start();
      try {
        const end_seconds = Math.floor(Date.now() / 1000 / STEP) * STEP;
        const history = new FleetHistory({
          containers: 300,
          hosts: 12,
          days: DAYS,
          step_seconds: STEP,
          end_seconds,
          seed: 11,
          kube: true,
        });
        const samples = await writeHistory(history, server.write_url, chunk);
        assert.ok(samples > 500_000, `${samples}`);
        for (const program of programs()) {
          const ran = await leakwatch(program, [
            "analyze",
            "--from",
            server.url,
            "--last",
            `${DAYS}d`,
            "--format",
            "json",
            "-q",
          ]);
          assert.equal(ran.stderr, "");
          assert.equal(ran.code, 0);
          const report = JSON.parse(ran.stdout) as FleetReport;
          const score = scoreFleet(report, history.truth), mistakes = score.mistakes.join("\n");
          assert.deepEqual(report.unavailable, []);
          assert.ok(score.leaking >= 5, `only ${score.leaking} leaks were made`);
          assert.ok(score.found >= 0.95 * score.leaking, mistakes);
          assert.ok(score.accused <= Math.max(1, 0.01 * score.healthy), mistakes);
          assert.equal(score.blamed_wrong, 0, mistakes);
          assert.equal(score.hosts_and_groups_found, score.hosts_and_groups_leaking, mistakes);
          assert.ok(report.workloads.every(({ by_name, key }) => key["workload"] === undefined || !by_name));
        }
      } finally {
        await server.stop();
      }
    },
  });
}

Deno.test({
  ...requires("fleet: a query that is too large for a real Prometheus is read in halves", "prometheus"),
  fn: async () => {
    const server = await startPrometheus(undefined, "--query.max-samples=9000");
    try {
      const end_seconds = Math.floor(Date.now() / 1000 / STEP) * STEP;
      const options = {
        containers: 60,
        hosts: 0,
        days: 1,
        step_seconds: STEP,
        end_seconds,
        seed: 3,
        kube: false,
      };
      const history = new FleetHistory(options);
      await writeHistory(history, server.write_url, 3000);
      const [program] = programs();
      const ran = await leakwatch(program!, [
        "analyze",
        "--from",
        server.url,
        "--last",
        "1d",
        "--format",
        "json",
        "-q",
      ]);
      assert.equal(ran.stderr, "");
      const report = JSON.parse(ran.stdout) as FleetReport;
      const made = new Set([...new FleetHistory(options).series()].map(({ labels }) => labels["pod"]));
      assert.deepEqual(report.unavailable, []);
      assert.ok(report.counts.series >= made.size * 0.9, `${report.counts.series} of ${made.size}`);
    } finally {
      await server.stop();
    }
  },
});
