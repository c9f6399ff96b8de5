import assert from "node:assert/strict";
import fc from "fast-check";
import { FAMILIES } from "../../fleet/families.ts";
import { KNOWN_METRICS, parseCustomMetric } from "../../fleet/metrics_table.ts";
import {
  expressionOf,
  planShards,
  type Shard,
  SHARD_POINTS,
  shardMatchers,
  splitShard,
} from "../../fleet/plan.ts";
import { oneOf, quoted, sharedMatchers, splitMatchers } from "../../fleet/selectors.ts";
import { alignedRange, stepOf } from "../../fleet/window.ts";

const metricOf = (name: string) => KNOWN_METRICS.find((each) => each.name === name)!;
const WORKING_SET = metricOf("container_memory_working_set_bytes");

Deno.test("fleet plan: a small fleet is one query, a large one shards by namespace", () => {
  assert.deepEqual(planShards(WORKING_SET, new Map([["shop", 1000]])).map(({ values }) => values), [null]);
  const counts = new Map([["a", 600_000], ["b", 300_000], ["c", 200_000], ["d", 10]]);
  assert.deepEqual(planShards(WORKING_SET, counts).map(({ values }) => values), [["a", "b"], ["c", "d"]]);
});

Deno.test("fleet plan: every series is asked for once, however shards are split", () => {
  const values = fc.uniqueArray(fc.stringMatching(/^[a-z0-9.-]{0,12}$/), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 4_000_000 }),
      fc.integer({ min: 0, max: 3 }),
      (names, each, splits) => {
        let shards: Shard[] = planShards(WORKING_SET, new Map(names.map((name) => [name, each])));
        for (let i = 0; i < splits; i++) shards = shards.flatMap((shard) => splitShard(shard) ?? [shard]);
        for (const name of names) {
          for (const pod of [`${name}-7f9c4d-x2k8p`, `${name}-0`, `${name}-13`, ""]) {
            const asked = shards.filter((shard) => holds(shardMatchers(shard), { namespace: name, pod }));
            assert.equal(asked.length, 1, `${name} ${pod} ${shards.map(shardMatchers).join(" | ")}`);
          }
        }
      },
    ),
  );
});

/** Whether a series has what the matchers ask for; regular expressions are anchored, as PromQL's are. */
function holds(matchers: readonly string[], labels: Record<string, string>): boolean {
  return matchers.every((matcher) => {
    const [, label, operator, text] = /^([a-z]+)(=~|!~|=)(".*")$/.exec(matcher)!;
    const wanted = JSON.parse(text!) as string, value = labels[label!] ?? "";
    return operator === "="
      ? value === wanted
      : new RegExp(`^(?:${wanted})$`).test(value) === (operator === "=~");
  });
}

Deno.test("fleet plan: shards are expected to fit into one answer", () => {
  const counts = new Map([["huge", 9_000_000], ["small", 10]]);
  const shards = planShards(WORKING_SET, counts);
  assert.ok(shards.every(({ estimated_points }) => estimated_points <= SHARD_POINTS));
  assert.ok(shards.length >= 10);
});

Deno.test("fleet plan: expressions", () => {
  assert.equal(
    expressionOf(WORKING_SET, '{cluster="eu"}', ['namespace="shop"'], 1200),
    'avg_over_time(container_memory_working_set_bytes{container!="",container!="POD",cluster="eu",namespace="shop"}[1200s])',
  );
  assert.equal(
    expressionOf(metricOf("node_memory_MemAvailable_bytes"), null, [], 60),
    "avg_over_time(node_memory_MemTotal_bytes[60s]) - avg_over_time(node_memory_MemAvailable_bytes[60s])",
  );
  assert.equal(
    expressionOf(metricOf("jvm_memory_used_bytes"), null, [], 60),
    'sum without (id, pool) (avg_over_time(jvm_memory_used_bytes{area="heap"}[60s]))',
  );
});

Deno.test("fleet plan: a step is a 512th of the window, in minutes, of two scrapes at least", () => {
  const window = { start_seconds: 0, end_seconds: 7 * 86_400 };
  assert.equal(stepOf(window, 60), 1200);
  assert.equal(stepOf(window, 900), 1800);
  assert.equal(stepOf({ start_seconds: 0, end_seconds: 3600 }, 15), 60);
  assert.deepEqual(alignedRange({ start_seconds: 130, end_seconds: 610 }, 60), {
    start_seconds: 180,
    end_seconds: 660,
    step_seconds: 60,
  });
});

Deno.test("fleet plan: label values cannot leave their quotes", () => {
  assert.equal(quoted('a"b\\c\nd'), '"a\\"b\\\\c\\nd"');
  assert.equal(oneOf("namespace", ["a.b", "c|d"]), 'namespace=~"a\\\\.b|c\\\\|d"');
  assert.deepEqual(splitMatchers('namespace="a,b", pod=~"x{2,}"'), ['namespace="a,b"', 'pod=~"x{2,}"']);
  assert.deepEqual(sharedMatchers('{namespace=~"a|b",container="app",cluster!="x"}'), [
    'namespace=~"a|b"',
    'cluster!="x"',
  ]);
});

Deno.test("fleet plan: a metric of one's own is a gauge", () => {
  assert.equal(parseCustomMetric("queue_length")?.unit, "count");
  assert.equal(parseCustomMetric("cache_size_bytes")?.unit, "bytes");
  assert.equal(parseCustomMetric("cache_size:percent")?.unit, "percent");
  for (const text of ["requests_total", "a b", "", "latency_bucket"]) {
    assert.equal(parseCustomMetric(text), null, text);
  }
});

Deno.test("fleet plan: every known metric is complete", () => {
  for (const metric of KNOWN_METRICS) {
    assert.ok(FAMILIES.includes(metric.family), metric.name);
    assert.ok(metric.chain.length > 0 && metric.what !== "", metric.name);
    assert.ok(!/_total$/.test(metric.name), metric.name);
    for (const limit of metric.limits) assert.ok(limit.by.length > 0, metric.name);
  }
  assert.equal(new Set(KNOWN_METRICS.map(({ name }) => name)).size, KNOWN_METRICS.length);
});
