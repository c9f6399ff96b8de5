/** `monitor --remote-write` into the real engines. */

import assert from "node:assert/strict";
import { programs } from "../../programs.ts";
import { requires } from "../../requires.ts";
import { type FleetServer, startPrometheus, startVictoriaMetrics } from "../lab/fleet/servers.ts";
import { instant, untilTrue } from "./query.ts";

const ENGINES: [
  name: string,
  part: "prometheus" | "victoria-metrics",
  start: () => Promise<FleetServer>,
][] = [
  ["Prometheus", "prometheus", startPrometheus],
  ["VictoriaMetrics", "victoria-metrics", () => startVictoriaMetrics("-search.latencyOffset=0s")],
];

for (const [name, part, start] of ENGINES) {
  Deno.test({
    ...requires(`remote write: a real ${name} takes it, and knows when it is over`, part),
    fn: async () => {
      const server = await start();
      try {
        for (const program of programs()) {
          const directory = Deno.makeTempDirSync({ prefix: "leakwatch-remote-write-" });
          const [command, ...first] = program.command;
          const child = new Deno.Command(command!, {
            args: [...first, "monitor", "0", "1", "-q", "-o", directory, "--remote-write", server.write_url],
            stdout: "null",
            stderr: "piped",
          }).spawn();
          const stderr = new Response(child.stderr).text();
          const build = `leakwatch_build_info{job="leakwatch",instance="${Deno.hostname()}"}`;
          try {
            await untilTrue(async () => (await instant(server.url, build)).length === 1);
            // Twice, and of leakwatch's own process, which is among those it watches.
            await untilTrue(async () =>
              (await instant(server.url, "changes(leakwatch_samples_total[5m]) > 0")).length === 1
            );
            const total = await instant(server.url, "leakwatch_memory_total_bytes");
            assert.ok(total[0]!.value > 1e8, JSON.stringify(total));
            const names = await instant(server.url, 'count({job="leakwatch"})');
            assert.ok(names[0]!.value > 50, JSON.stringify(names));
          } finally {
            child.kill("SIGTERM");
            await child.status;
            Deno.removeSync(directory, { recursive: true });
          }
          assert.equal(await stderr, "");
          // Ended, not merely silent: else it would be shown for five minutes.
          await untilTrue(async () => (await instant(server.url, build)).length === 0);
        }
      } finally {
        await server.stop();
      }
    },
  });
}
