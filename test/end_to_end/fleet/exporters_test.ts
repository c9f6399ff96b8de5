/**
 * Scrapes of real exporters in a real Prometheus: node_exporter, process-exporter, and a leaking and a healthy program in Node and in Go
 * with their client libraries. They were taken in forty minutes by bench/fleet/exporters.ts (there the programs keep 69 MiB
 * an hour, or nothing) and are written here as if they had just been taken.
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { FleetReport, FleetWorkload } from "../../../fleet/mod.ts";
import { leakwatch } from "../../cli/leakwatch.ts";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { writeHistory, type WrittenHistory } from "../lab/fleet/remote_write.ts";
import { startPrometheus } from "../lab/fleet/servers.ts";

const FIXTURE = fileURLToPath(new URL("../../fixtures/exporters/scraped.json", import.meta.url));
const LEAKING = ["node-leaking", "go-leaking"];
const KEPT_BYTES_PER_HOUR = 20_000 * 3600;

interface Scraped {
  step_seconds: number;
  start_seconds: number;
  count: number;
  /** Values by step, null for a failed scrape; one value: the same at each. */
  series: { labels: Record<string, string>; values: (number | null)[] }[];
}

/** The scrapes with the last of them a moment ago, and the programs' starts as long before it as they were. */
function scrapedJustNow(): WrittenHistory {
  const { step_seconds, start_seconds, count, series }: Scraped = JSON.parse(Deno.readTextFileSync(FIXTURE));
  const start = Math.floor(Date.now() / 1000) - count * step_seconds, shift = start - start_seconds;
  return {
    count,
    options: { step_seconds },
    timeOf: (position) => start + position * step_seconds,
    takenBy: () => new Uint8Array(count).fill(1),
    *series() {
      for (const { labels, values } of series) {
        const moved = /_(start|boot)_time_seconds$/.test(labels["__name__"]!) ? shift : 0;
        const all = Array.from({ length: count }, (_, i) => values.length === 1 ? values[0]! : values[i]!);
        assert.ok(all.every((value) => value !== null), "a scrape had failed");
        yield { labels, first: 0, values: Float64Array.from(all, (value) => value + moved) };
      }
    },
  };
}

Deno.test({
  ...requires("fleet: of real exporters' metrics what leaks is found, its healthy twin is not", "prometheus"),
  fn: async () => {
    const server = await startPrometheus();
    try {
      await writeHistory(scrapedJustNow(), server.write_url, 1000);
      for (const program of programs()) {
        const ran = await leakwatch(program, [
          "analyze",
          "--from",
          server.url,
          "--last",
          "1h",
          "-f",
          "json",
          "-q",
        ]);
        assert.equal(ran.stderr, "");
        const { workloads, unavailable, metrics, counts } = JSON.parse(ran.stdout) as FleetReport;
        assert.deepEqual(unavailable, []);
        for (const family of ["node_memory_", "namedprocess_", "process_", "go_", "nodejs_"]) {
          assert.ok(metrics.some(({ name }) => name.startsWith(family)), `nothing of ${family}`);
        }
        const isOf = (program: string) => ({ key }: FleetWorkload) =>
          key["job"] === program || key["groupname"] === program;
        const isLeak = ({ verdict }: FleetWorkload) => verdict === "leak";
        for (const name of LEAKING) {
          const leaks = workloads.filter(isOf(name)).filter(isLeak);
          assert.ok(leaks.length > 0, `${name} is not found`);
          for (const { rate_per_hour: rate, what } of leaks) {
            const share = rate!.mid / KEPT_BYTES_PER_HOUR;
            assert.ok(share > 0.8 && share < 1.25, `${name} by ${what}: ${share} of what it keeps`);
          }
        }
        // The machine itself was filling up then: it is not asked about.
        const others = workloads.filter((each) => isLeak(each) && !each.metric.startsWith("node_"))
          .filter((each) => !LEAKING.some((name) => isOf(name)(each)));
        assert.deepEqual(others.map(({ key, what }) => ({ ...key, what })), []);
        assert.ok(counts.workloads > 40);
      }
    } finally {
      await server.stop();
    }
  },
});
