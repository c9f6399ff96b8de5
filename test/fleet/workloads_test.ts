/** From lifetimes to a workload's verdict and the version it is blamed on. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Chain, Lifetime } from "../../fleet/chains.ts";
import type { Assessment } from "../../fleet/detector.ts";
import { KNOWN_METRICS } from "../../fleet/metrics_table.ts";
import { blameVersion, fisherP, goneSince, versionOf, versionsOf } from "../../fleet/versions.ts";
import { classifyWorkloads, normalCdf, normalQuantile } from "../../fleet/workloads.ts";
import { fleetDetector } from "../../cli/fleet/detector.ts";
import type { Verdict } from "../../model/finding.ts";

const HOUR = 3600, WEEK = 7 * 86_400;

interface LifetimeSpec {
  verdict: Verdict | null;
  version?: string;
  start?: number;
  hours?: number;
  pod?: string;
  rate?: number;
  rise?: number;
  drift?: number;
  left?: number;
}

function lifetime(
  { verdict, version, start = 0, hours = 100, pod = "pod", rate = 1e6, rise, drift = 12, left }: LifetimeSpec,
): Lifetime {
  const assessment: Assessment | null = verdict === null ? null : {
    verdict,
    confidence: 0.9,
    rate_per_hour: { low: rate * 0.9, mid: rate, high: rate * 1.1 },
    time_to_limit_seconds: left === undefined ? null : { low: left, high: null },
    evidence: "",
    drift: verdict === "leak" ? drift : 1,
    rise: rise ?? rate * hours,
    level: 1e9,
  };
  return {
    labels: { pod },
    version: version ?? null,
    start_seconds: start * HOUR,
    end_seconds: (start + hours) * HOUR,
    points: 300,
    rise_share: 0,
    is_alive: true,
    assessment,
    sketch: null,
    is_partial: false,
  };
}

function chain(...lifetimes: LifetimeSpec[]): Chain {
  return {
    metric: KNOWN_METRICS[0]!,
    kind: "Deployment",
    labels: { namespace: "shop", workload: "web", container: "app" },
    by_name: false,
    limit: 2e9,
    limit_name: "memory limit",
    lifetimes: lifetimes.map((each, i) => lifetime({ pod: `web-${i}`, ...each })),
  };
}

/** Beside a hundred healthy workloads, as the correction for many wants it. */
function verdictOf(each: Chain) {
  const healthy = Array.from({ length: 100 }, () => chain({ verdict: "stable" }, { verdict: "stable" }));
  return classifyWorkloads([each, ...healthy], WEEK, fleetDetector)[0]!;
}

const replicas = (count: number, spec: LifetimeSpec) =>
  Array.from({ length: count }, (_, i) => ({ pod: `${spec.version}-${i}`, ...spec }));

Deno.test("workloads: half of the replicas and two of them make a leak", () => {
  assert.equal(
    verdictOf(chain(...replicas(2, { verdict: "leak" }), ...replicas(2, { verdict: "stable" }))).verdict,
    "leak",
  );
  const few = verdictOf(chain(...replicas(1, { verdict: "leak" }), ...replicas(9, { verdict: "stable" })));
  assert.equal(few.verdict, "leak-in-some-replicas");
  assert.equal(few.severity, "info");
  assert.equal(few.leaking.length, 1);
});

Deno.test("workloads: a single lifetime must stand the correction for many", () => {
  assert.equal(verdictOf(chain({ verdict: "leak", drift: 20 })).verdict, "leak");
  assert.equal(verdictOf(chain({ verdict: "leak", drift: 2.6 })).verdict, "growing");
  assert.equal(
    verdictOf(chain(...replicas(1, { verdict: "leak", drift: 2.6 }), ...replicas(9, { verdict: "stable" })))
      .verdict,
    "stable",
  );
});

Deno.test("workloads: only the newest version counts", () => {
  const fixed = verdictOf(chain(
    ...replicas(4, { verdict: "leak", version: "v1" }),
    ...replicas(4, { verdict: "stable", version: "v2", start: 100, rate: 0 }),
  ));
  assert.equal(fixed.verdict, "stable");
  assert.equal(fixed.gone_since, "v2");
  // Too young to judge: the one before speaks.
  const young = verdictOf(
    chain(
      ...replicas(4, { verdict: "leak", version: "v1" }),
      ...replicas(4, { verdict: null, version: "v2", start: 160 }),
    ),
  );
  assert.equal(young.verdict, "leak");
});

Deno.test("workloads: a leak that restarts hide", () => {
  const lifetimes = [0, 10, 20, 30].map((start, i): LifetimeSpec => ({
    verdict: i === 3 ? "leak" : "growing",
    start,
    hours: 9,
    pod: "db-0",
    drift: 2.6,
  }));
  assert.equal(verdictOf(chain(...lifetimes)).verdict, "leak-hidden-by-restarts");
  // Side by side they are replicas.
  assert.equal(verdictOf(chain(...lifetimes.map((each) => ({ ...each, start: 0 })))).verdict, "growing");
});

Deno.test("workloads: who warmed up as far before is warming up again", () => {
  const warm: LifetimeSpec = { verdict: "warm-up", version: "v1", rise: 4e8, hours: 90 };
  const again: LifetimeSpec = { verdict: "leak", version: "v2", start: 90, rise: 3.9e8, hours: 70 };
  assert.equal(verdictOf(chain(...replicas(3, warm), ...replicas(3, again))).verdict, "warm-up");
  assert.equal(
    verdictOf(chain(...replicas(3, warm), ...replicas(3, { ...again, rise: 9e8 }))).verdict,
    "leak",
  );
});

Deno.test("workloads: the rate is the replicas' median, the limit is met by the first that is alive", () => {
  const judged = verdictOf(chain(
    { verdict: "leak", rate: 1e6, left: 7200, pod: "slow" },
    { verdict: "leak", rate: 2e6, left: 3600, pod: "middle" },
    { verdict: "leak", rate: 9e6, left: 1800, pod: "fast" },
  ));
  assert.equal(judged.rate_per_hour!.mid, 2e6);
  assert.ok(judged.rate_per_hour!.low < 1.2e6 && judged.rate_per_hour!.high > 8e6);
  assert.equal(judged.first_full!.labels["pod"], "fast");
  assert.equal(judged.severity, "critical");
});

Deno.test("workloads: agreement of replicas adds less than if they were independent, and a short window little", () => {
  const one = verdictOf(chain({ verdict: "leak", drift: 20 })).confidence;
  const many = verdictOf(chain(...replicas(20, { verdict: "leak" }))).confidence;
  assert.ok(many > one && many <= 0.97, `${many}`);
  const [short] = classifyWorkloads([chain(...replicas(20, { verdict: "leak" }))], 86_400, fleetDetector);
  assert.equal(short!.confidence, 0.6);
});

Deno.test("versions: one is blamed where those before it did not leak", () => {
  const blame = (...lifetimes: LifetimeSpec[]) => {
    const each = chain(...lifetimes);
    return blameVersion(each, versionsOf(each));
  };
  const stable = { verdict: "stable", version: "v1", rate: 0 } as const;
  const leak = { verdict: "leak", version: "v2", start: 100 } as const;
  const blamed = blame(...replicas(4, stable), ...replicas(4, leak))!;
  assert.equal(blamed.version, "v2");
  assert.equal(blamed.rolled_out_seconds, 100 * HOUR);
  assert.ok(!blamed.is_suspicion);
  assert.ok(Math.abs(blamed.fisher_p - 1 / 70) < 1e-9);
  assert.ok(blame(...replicas(1, stable), ...replicas(1, leak))!.is_suspicion);
  // It leaked before, or grew as fast, or has no lifetime before it, or those were too short.
  assert.equal(blame(...replicas(4, { ...stable, verdict: "leak", rate: 1e6 }), ...replicas(4, leak)), null);
  assert.equal(
    blame(...replicas(4, { ...stable, verdict: "growing", rate: 9e5 }), ...replicas(4, leak)),
    null,
  );
  assert.equal(blame(...replicas(4, leak)), null);
  assert.equal(blame(...replicas(4, { ...stable, hours: 2 }), ...replicas(4, leak)), null);
});

Deno.test("versions: the tag or digest of an image, or a label of one's own", () => {
  assert.equal(versionOf({ image: "registry.example:5000/shop/web:v1.2" }, null), "v1.2");
  assert.equal(
    versionOf({ image: "registry.example:5000/shop/web" }, null),
    "registry.example:5000/shop/web",
  );
  assert.equal(versionOf({ image: "web@sha256:abc" }, null), "sha256:abc");
  assert.equal(versionOf({ release: "7" }, "release"), "7");
  assert.equal(versionOf({}, null), null);
});

Deno.test("versions: gone since the one that follows a leak", () => {
  const counts = (...shares: [string, number, number][]) =>
    shares.map(([version, lifetimes_leaking, lifetimes_assessed], i) => ({
      version,
      lifetimes_leaking,
      lifetimes_assessed,
      since_seconds: i,
    }));
  assert.equal(goneSince(counts(["v1", 4, 4], ["v2", 0, 4], ["v3", 0, 4])), "v2");
  assert.equal(goneSince(counts(["v1", 4, 4], ["v2", 4, 4])), null);
  assert.equal(goneSince(counts(["v1", 0, 4], ["v2", 0, 4])), null);
});

Deno.test("versions: Fisher's test is a chance, and certain where nothing leaks", () => {
  assert.ok(Math.abs(fisherP(3, 4, 1, 4) - 17 / 70) < 1e-9);
  assert.equal(fisherP(0, 5, 0, 5), 1);
  const count = fc.integer({ min: 0, max: 30 });
  fc.assert(fc.property(count, count, count, count, (a, b, c, d) => {
    const p = fisherP(a, a + b, c, c + d);
    return p > 0 && p <= 1;
  }));
});

Deno.test("workloads: the normal distribution and its inverse", () => {
  assert.ok(Math.abs(normalCdf(1.959964) - 0.975) < 1e-6);
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.999, noNaN: true }),
      (p) => Math.abs(normalCdf(normalQuantile(p)) - p) < 1e-6,
    ),
  );
});
