/** The shipped dashboard is what its script makes, and every query in it finds something on a real Prometheus. */

import assert from "node:assert/strict";
import { parser } from "@prometheus-io/lezer-promql";
import { dashboardJson } from "../../scripts/dashboard.ts";
import { instant, untilTrue } from "../end_to_end/fleet/query.ts";
import { startPrometheus } from "../end_to_end/lab/fleet/servers.ts";
import { requires } from "../requires.ts";
import { fakeApp } from "../ui/fake_app.ts";

const FILE = new URL("../../deploy/grafana/leakwatch.json", import.meta.url);
/** What Grafana fills in. */
const FILLED: Record<string, string> = { "$instance": ".*", "$__rate_interval": "1m" };

/** Every expression in the dashboard, by the title of its panel. */
function expressions(): { title: string; expr: string }[] {
  const { panels } = JSON.parse(dashboardJson());
  return panels.flatMap(({ title, targets, panels: inner }: Panel) =>
    [{ title, targets }, ...inner ?? []].flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({ title: panel.title, expr: filled(expr) }))
    )
  );
}

interface Panel {
  title: string;
  targets?: { expr: string }[];
  panels?: Panel[];
}

const filled = (expr: string): string =>
  Object.entries(FILLED).reduce((text, [name, value]) => text.replaceAll(name, value), expr);

Deno.test("deploy: the dashboard is what `deno task dashboard` makes", () => {
  assert.equal(Deno.readTextFileSync(FILE), dashboardJson());
});

Deno.test("deploy: every query of the dashboard is PromQL", () => {
  assert.ok(expressions().length > 14);
  for (const { title, expr } of expressions()) {
    parser.parse(expr).iterate({
      enter: ({ type, from }) => assert.ok(!type.isError, `${title}: ${expr} at ${from}`),
    });
  }
});

Deno.test({
  ...requires("deploy: every query of the dashboard finds something on a real Prometheus", "prometheus"),
  fn: async () => {
    const { app, machine, observe } = fakeApp();
    let bytes = 4e6;
    const look = () => {
      const sample = machine.advance(2);
      Object.assign(sample.processes.find(({ name }) => name === "sshd")!, {
        anon_bytes: bytes += 2e4,
        swap_bytes: 0,
      });
      observe(sample);
    };
    for (let t = 0; t < 900; t += 2) look();
    const watching = setInterval(look, 1000);
    const http = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => app.fetch(request),
    );
    const server = await startPrometheus(
      "global: {scrape_interval: 2s}\nscrape_configs: [{job_name: leakwatch, static_configs: " +
        `[{targets: ["127.0.0.1:${http.addr.port}"]}]}]\n`,
    );
    try {
      await untilTrue(async () =>
        (await instant(server.url, "count_over_time(leakwatch_build_info[1m]) >= 3")).length > 0
      );
      for (const { title, expr } of expressions()) {
        const found = await instant(server.url, expr);
        assert.ok(found.length > 0, `${title}: nothing for ${expr}`);
      }
    } finally {
      clearInterval(watching);
      await server.stop();
      await http.shutdown();
    }
  },
});
