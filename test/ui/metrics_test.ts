import assert from "node:assert/strict";
import { exportPrometheus } from "../../rules/alerts/prometheus.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { METRIC_NAMES } from "../../model/metric_names.ts";
import { fakeApp } from "./fake_app.ts";
import { metricsText } from "../../ui/server/metrics/mod.ts";

/** Known by alerts that do not fire here, and by collectors that a made-up machine does not have. */
const ELSEWHERE = [
  "leakwatch_log_failing",
  "leakwatch_sink_failing",
  "leakwatch_collector_success",
  "leakwatch_collector_duration_seconds",
];

async function exposed(): Promise<Map<string, string>> {
  const { live, machine, observe } = fakeApp();
  for (let t = 0; t < 600; t += 2) observe(machine.advance(2));
  const text = await metricsText(live);
  return new Map(
    text.split("\n").filter((line) => !line.startsWith("#") && line).map((line) => [
      /^\w+/.exec(line)![0],
      line,
    ]),
  );
}

Deno.test("metrics: everything that exported rules ask for is exposed", async () => {
  const names = new Set(
    [...exportPrometheus(builtinRules()).matchAll(/leakwatch_\w+/g)].map(([name]) => name),
  );
  const shown = await exposed();
  assert.ok(names.size > 20);
  assert.deepEqual([...names].filter((name) => !shown.has(name) && !ELSEWHERE.includes(name)), []);
});

Deno.test("metrics: every name is one of those agreed on, and the other way round", async () => {
  const shown = await exposed();
  const agreed: string[] = Object.values(METRIC_NAMES);
  assert.deepEqual([...shown.keys()].filter((name) => !agreed.includes(name)), []);
  assert.deepEqual(agreed.filter((name) => !shown.has(name) && !ELSEWHERE.includes(name)), []);
});
