import assert from "node:assert/strict";
import { exportPrometheus } from "../../rules/alerts/prometheus/mod.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { METRIC_NAMES, OWN_METRIC_NAMES } from "../../model/metric_names.ts";
import { SCRAPE_LINGER_SECONDS, ViewerPresence } from "../../ui/server/viewer_presence.ts";
import { fakeApp, local } from "./fake_app.ts";
import { metricsText } from "../../ui/server/metrics/mod.ts";

/** Known by alerts that do not fire here, and by collectors that a made-up machine does not have. */
const ELSEWHERE = [
  "leakwatch_log_failing",
  "leakwatch_sink_failing",
  "leakwatch_collector_success",
  "leakwatch_collector_duration_seconds",
  "leakwatch_finding_growth_percent_per_hour",
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
    [...exportPrometheus(builtinRules()).matchAll(/leakwatch_\w+|process_\w+_(?:bytes|total)\b/g)].map((
      [name],
    ) => name),
  );
  const shown = await exposed();
  assert.ok(names.size > 30);
  assert.deepEqual([...names].filter((name) => !shown.has(name) && !ELSEWHERE.includes(name)), []);
});

Deno.test("metrics: every name is one of those agreed on, and the other way round", async () => {
  const shown = await exposed();
  const agreed: string[] = [...Object.values(METRIC_NAMES), ...OWN_METRIC_NAMES];
  assert.deepEqual([...shown.keys()].filter((name) => !agreed.includes(name)), []);
  assert.deepEqual(agreed.filter((name) => !shown.has(name) && !ELSEWHERE.includes(name)), []);
});

Deno.test("metrics: an echo is labelled as one; a finding's series do not end when its verdict changes", async () => {
  const { live, machine, observe } = fakeApp({ echoes: true });
  for (let t = 0; t < 600; t += 2) observe(machine.advance(2));
  const lines = (await metricsText(live)).split("\n");
  const infos = lines.filter((line) => line.startsWith("leakwatch_finding_info{"));
  assert.ok(infos.some((line) => line.includes('kind="kernel-slab"') && line.includes('echo="1"')));
  assert.ok(infos.some((line) => line.includes('kind="process-memory"') && line.includes('echo="0"')));
  const others = lines.filter((line) => /^leakwatch_finding_(?!info)\w+\{/.test(line));
  assert.ok(others.length > 3);
  for (const line of others) assert.match(line, /\{kind="[^"]+",subject="[^"]+"\} /);
});

Deno.test("metrics: growth is what the rules judge, of the processes that grew whatever their size", async () => {
  const { live, machine, observe } = fakeApp();
  const GROWS = 2133; // sshd, a small one
  for (let t = 0; t < 900; t += 2) {
    const sample = machine.advance(2);
    Object.assign(sample.processes.find(({ pid }) => pid === GROWS)!, {
      anon_bytes: 4e6 + 1e4 * t,
      swap_bytes: 0,
    });
    observe(sample);
  }
  const growth = live.growth()!;
  const lines = (await metricsText(live)).split("\n");
  const shown = lines.filter((line) => line.startsWith("leakwatch_process_growth_bytes{"));
  assert.ok(shown.length > 5);
  for (const line of shown) {
    const pid = Number(/pid="(\d+)"/.exec(line)![1]);
    const { start_ticks } = live.sample!.processes.find((process) => process.pid === pid)!;
    assert.equal(Number(line.split("} ")[1]), growth.process(pid, start_ticks)!.rise, line);
  }
  const grown = shown.find((line) => line.includes(`pid="${GROWS}"`));
  assert.ok(grown !== undefined && Number(grown.split("} ")[1]) > 4e6, grown);
});

Deno.test("metrics: a container is labelled as kube-state-metrics and cAdvisor label it", async () => {
  const { live, machine, observe } = fakeApp();
  for (let t = 0; t < 20; t += 2) {
    const sample = machine.advance(2);
    const [first] = sample.containers;
    Object.assign(first!, { pod: "shop/cart-7c9b5d4f68-b7c4d", name: "app", image: "cart:v2" });
    observe(sample);
  }
  const lines = (await metricsText(live)).split("\n").filter((line) =>
    line.startsWith("leakwatch_container_usage_bytes{")
  );
  assert.ok(lines.length > 1);
  for (const line of lines) {
    for (const label of ["namespace", "pod", "container", "image"]) {
      assert.ok(line.includes(`${label}="`), line);
    }
  }
  assert.ok(
    lines.some((line) =>
      /namespace="shop",pod="cart-7c9b5d4f68-b7c4d",container="app",image="cart:v2"/.test(line)
    ),
    lines[0],
  );
});

Deno.test("metrics: before the first sample it is leakwatch, and says so", async () => {
  const { live } = fakeApp();
  const text = await metricsText(live, { version: "1.2.3" });
  assert.match(text, /^leakwatch_build_info\{version="1\.2\.3"\} 1$/m);
  assert.match(text, /^process_open_fds 21$/m);
  assert.doesNotMatch(text, /leakwatch_samples_total/);
});

Deno.test("metrics: text unless OpenMetrics is asked for, gzip where it is accepted", async () => {
  const { app, machine, observe } = fakeApp();
  for (let t = 0; t < 60; t += 2) observe(machine.advance(2));
  const get = (headers: Record<string, string>) => app.request(local("/metrics", headers));
  const plain = await get({ accept: "text/plain;version=0.0.4" });
  assert.match(plain.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const text = await plain.text();
  assert.ok(text.includes("# HELP leakwatch_oom_kills_total ") && !text.includes("# EOF"));
  const packed = await get({
    accept: "application/openmetrics-text;version=1.0.0",
    "accept-encoding": "gzip",
  });
  assert.match(packed.headers.get("content-type")!, /^application\/openmetrics-text/);
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  const stream = packed.body!.pipeThrough(new DecompressionStream("gzip"));
  assert.ok((await new Response(stream).text()).endsWith("# EOF\n"));
});

Deno.test("metrics: one scrape every five minutes keeps sampling awake, one look at the page does not", () => {
  const clock = { seconds: 0 };
  const presence = new ViewerPresence(() => clock.seconds);
  presence.touch(SCRAPE_LINGER_SECONDS);
  presence.touch();
  clock.seconds = 601;
  assert.ok(presence.isPresent());
  clock.seconds = 661;
  assert.ok(!presence.isPresent());
  presence.touch();
  clock.seconds += 31;
  assert.ok(!presence.isPresent());
});
