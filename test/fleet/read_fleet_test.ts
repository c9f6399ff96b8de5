/** The whole reading against a server in memory: what is asked, what is found, what is told where a part fails. */

import assert from "node:assert/strict";
import { fleetDetector } from "../../cli/fleet/detector.ts";
import { FleetError } from "../../fleet/errors.ts";
import { type FleetOptions, readFleet } from "../../fleet/mod.ts";
import { failure, type FakeData, fakePrometheus, type Intercept, success } from "./fake_prometheus.ts";
import { smallFleet } from "./small_fleet.ts";

async function read(data: FakeData, more: Partial<FleetOptions> = {}, intercept: Intercept = () => null) {
  const server = fakePrometheus(data, intercept);
  try {
    const report = await readFleet({
      url: server.url,
      window: { start_seconds: data.timeOf(0), end_seconds: data.timeOf(WEEK_POINTS - 1) },
      select: null,
      families: null,
      custom: [],
      by: null,
      version_label: null,
      jobs: 2,
      budget_seconds: 60,
      compress: false,
      credentials: {},
      detector: fleetDetector,
      signal: new AbortController().signal,
      leakwatch_version: "test",
      reconnect_seconds: [],
      ...more,
    });
    return { report, asked: server.asked };
  } finally {
    await server.close();
  }
}

const { data: SMALL, points: WEEK_POINTS } = smallFleet();
const isSeriesQuery = (query: string | null, metric: string) =>
  query?.startsWith(`avg_over_time(${metric}`) ?? false;

Deno.test("read fleet: finds who leaks, since when, and what is only its echo", async () => {
  const { report } = await read(SMALL);
  const verdicts = Object.fromEntries(
    report.workloads.filter(({ key }) => key["workload"]).map((
      { key, verdict },
    ) => [key["workload"], verdict]),
  );
  assert.deepEqual(verdicts, {
    "checkout": "leak",
    "cart": "leak",
    "search": "stable",
    "one-bad": "leak-in-some-replicas",
  });
  const checkout = report.workloads.find(({ key }) => key["workload"] === "checkout")!;
  assert.deepEqual(
    [
      checkout.kind,
      checkout.blamed_version?.version,
      checkout.replicas_leaking,
      checkout.replicas,
      checkout.limit,
    ],
    ["Deployment", "v2", 3, 3, 512 * 1024 * 1024],
  );
  assert.match(checkout.next_step, /^kubectl -n shop rollout history deployment\/checkout/);
  const host = report.workloads.find(({ metric, key }) =>
    metric === "node_memory_MemAvailable_bytes" && key["instance"] === "node-1:9100"
  )!;
  assert.equal(host.verdict, "leak");
  assert.equal(host.caused_by?.metric, "container_memory_working_set_bytes");
  assert.deepEqual(report.unavailable, []);
  assert.equal(report.counts.leaking, 4);
  assert.equal(report.counts.leaking_since_version, 1);
});

Deno.test("read fleet: a process that began anew is two lifetimes", async () => {
  const { report } = await read(SMALL, { families: ["runtimes"] });
  const [job] = report.workloads;
  assert.equal(job!.metric, "process_resident_memory_bytes");
  assert.equal(job!.lifetimes, 2);
});

Deno.test("read fleet: the same by one query or two at once", async () => {
  const of = async (jobs: number) => JSON.stringify((await read(SMALL, { jobs })).report.workloads);
  assert.equal(await of(1), await of(2));
});

Deno.test("read fleet: what two servers saw counts once", async () => {
  const doubled = SMALL.series.flatMap((series) => [
    { ...series, labels: { ...series.labels, prometheus_replica: "a" } },
    { ...series, labels: { ...series.labels, prometheus_replica: "b" }, values: series.values.slice(0, -50) },
  ]);
  const { report } = await read({ ...SMALL, series: doubled }, { families: ["containers"] });
  const single = (await read(SMALL, { families: ["containers"] })).report;
  assert.equal(report.counts.lifetimes, single.counts.lifetimes);
  assert.deepEqual(
    report.workloads.map(({ verdict }) => verdict),
    single.workloads.map(({ verdict }) => verdict),
  );
});

Deno.test("read fleet: a selection is asked of every query, of kube-state-metrics only what it knows", async () => {
  const { asked } = await read(SMALL, {
    select: '{namespace="shop",container="app"}',
    families: ["containers"],
  });
  const queries = asked.map(({ parameters }) => parameters.get("query")).filter((query) => query !== null);
  for (const query of queries) assert.ok(query.includes('namespace="shop"'), query);
  assert.ok(queries.some((query) => query.includes("kube_pod_owner") && !query.includes("container=")));
});

Deno.test("read fleet: a shard that is too large is halved until it fits", async () => {
  const { report, asked } = await read(SMALL, { families: ["containers"] }, ({ parameters }) => {
    const query = parameters.get("query");
    if (!isSeriesQuery(query, "container_memory")) return null;
    return /pod[=!]~/.test(query!) ? null : failure(422, "query would load too many samples into memory");
  });
  assert.equal(report.workloads.length, 4);
  assert.deepEqual(report.unavailable, []);
  assert.equal(
    asked.filter(({ parameters }) => isSeriesQuery(parameters.get("query"), "container_memory")).length,
    3,
  );
});

Deno.test("read fleet: a shard that never fits is told, the others go on", async () => {
  const { report } = await read(
    SMALL,
    {},
    ({ parameters }) =>
      isSeriesQuery(parameters.get("query"), "container_memory") ? failure(422, "too many samples") : null,
  );
  assert.ok(report.workloads.length > 0);
  assert.ok(report.workloads.every(({ metric }) => !metric.startsWith("container")));
  assert.equal(report.unavailable.length, 32);
  assert.match(report.unavailable[0]!.why, /too many samples/);
});

Deno.test("read fleet: a busy server is waited for", async () => {
  let refused = 0;
  const { report } = await read(
    SMALL,
    { families: ["containers"] },
    ({ parameters }) =>
      isSeriesQuery(parameters.get("query"), "container_memory") && refused++ === 0
        ? failure(429, "slow down", { "retry-after": "0" })
        : null,
  );
  assert.equal(report.workloads.length, 4);
  assert.deepEqual(report.unavailable, []);
});

Deno.test("read fleet: too many points double the step once", async () => {
  const { report, asked } = await read(
    SMALL,
    { families: ["containers"] },
    ({ parameters }) =>
      isSeriesQuery(parameters.get("query"), "container_memory") && Number(parameters.get("step")) < 2000
        ? failure(400, "exceeded maximum resolution of 11,000 points per timeseries")
        : null,
  );
  assert.equal(report.workloads.length, 4);
  assert.deepEqual(
    asked.filter(({ parameters }) => isSeriesQuery(parameters.get("query"), "container_memory"))
      .map(({ parameters }) => parameters.get("step")),
    ["1200", "2400"],
  );
});

Deno.test("read fleet: an answer in part marks its verdicts", async () => {
  const { report } = await read(
    SMALL,
    { families: ["hosts"] },
    ({ parameters }) =>
      isSeriesQuery(parameters.get("query"), "node_memory_SUnreclaim_bytes")
        ? success({
          resultType: "matrix",
          result: [{
            metric: { instance: "node-9:9100" },
            values: Array.from({ length: 400 }, (_, i) => [i * 1200, "1e9"]),
          }],
        }, { isPartial: true })
        : null,
  );
  assert.ok(report.workloads.find(({ key }) => key["instance"] === "node-9:9100")!.is_partial);
  assert.match(report.unavailable[0]!.why, /partial/);
});

Deno.test("read fleet: a series whose points are mostly none is left out and told", async () => {
  const { report } = await read(
    SMALL,
    { families: ["hosts"] },
    ({ parameters }) =>
      isSeriesQuery(parameters.get("query"), "node_memory_SUnreclaim_bytes")
        ? success({
          resultType: "matrix",
          result: [{
            metric: { instance: "node-9:9100" },
            values: Array.from({ length: 400 }, (_, i) => [i * 1200, i % 3 ? "NaN" : "1"]),
          }],
        })
        : null,
  );
  assert.ok(!report.workloads.some(({ key }) => key["instance"] === "node-9:9100"));
  assert.match(report.unavailable[0]!.why, /1 series left out/);
});

Deno.test("read fleet: what was read is reported where it is stopped", async () => {
  const stop = new AbortController();
  const { report } = await read(SMALL, { signal: stop.signal }, ({ parameters }) => {
    if (isSeriesQuery(parameters.get("query"), "node_memory")) stop.abort();
    return null;
  });
  assert.equal(report.workloads.filter(({ metric }) => metric.startsWith("container")).length, 4);
  assert.ok(report.unavailable.every(({ why }) => why === "stopped before it was read"));
  assert.deepEqual(
    report.unavailable.map(({ source }) => source).sort(),
    ["node_memory_MemAvailable_bytes", "node_memory_SUnreclaim_bytes", "process_resident_memory_bytes"],
  );
});

Deno.test("read fleet: without limits and owners there are still verdicts", async () => {
  const { report } = await read(
    SMALL,
    { families: ["containers"] },
    ({ parameters }) => /kube_/.test(parameters.get("query") ?? "") ? failure(422, "too many samples") : null,
  );
  assert.deepEqual(report.workloads.map(({ key, limit }) => [key["workload"], limit]).sort(), [
    ["cart", null],
    ["checkout", null],
    ["one-bad", null],
    ["search", null],
  ]);
  assert.ok(report.workloads.every(({ by_name }) => by_name));
  assert.deepEqual(report.unavailable.map(({ source }) => source), [
    "owners of pods",
    "limits of container_memory_working_set_bytes",
  ]);
});

const FAILURES: [string, Partial<FleetOptions>, Intercept, RegExp][] = [
  ["credentials are lacking", {}, () => new Response("", { status: 401 }), /401.*--token-file/],
  [
    "nothing is selected",
    { select: '{namespace="nowhere"}' },
    () => null,
    /no series that \{namespace="nowhere"\} selects/,
  ],
  [
    "the selection is wrong",
    { select: "{namespace=" },
    ({ parameters }) =>
      parameters.get("query") ? failure(400, "1:42: parse error: unexpected character") : null,
    /parse error/,
  ],
  [
    "it has nothing that leakwatch knows",
    { families: ["leakwatch"] },
    () => null,
    /none of the metrics leakwatch knows/,
  ],
  [
    "it is too large",
    { families: ["containers"] },
    ({ parameters }) =>
      parameters.get("query")?.startsWith("count by (namespace)")
        ? success({
          resultType: "matrix",
          result: [{ metric: { namespace: "shop" }, values: [[1, "400000"]] }],
        })
        : null,
    /400000 series at once, more than 300000; by namespace: shop .*--select/,
  ],
  [
    "time is up",
    { budget_seconds: 0.2, families: ["containers"] },
    () => new Promise((resolve) => setTimeout(() => resolve(success([])), 800)),
    /budget of 0.2 s was spent/,
  ],
];

for (const [name, options, intercept, says] of FAILURES) {
  Deno.test(`read fleet: one line where ${name}`, async () => {
    await assert.rejects(read(SMALL, options, intercept), (error: FleetError) => {
      assert.ok(error instanceof FleetError, String(error));
      assert.match(error.message, says);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  });
}
