import assert from "node:assert/strict";
import fc from "fast-check";
import { BUCKET_CAP, BucketPool, Buckets, PRECISE_ROWS, type RowStore } from "../../../rules/detector/mod.ts";

const samples = fc.array(
  fc.record({
    step: fc.double({ min: 0, max: 5000, noNaN: true }),
    value: fc.integer({ min: -1e12, max: 1e12 }),
  }),
  { minLength: 1, maxLength: 2000, size: "max" },
);

function filled(
  steps: { step: number; value: number }[],
  windowSeconds: number | null = null,
  store: RowStore = PRECISE_ROWS,
): Buckets {
  const buckets = new Buckets(1, BUCKET_CAP, windowSeconds, store);
  let t = 1_700_000_000;
  for (const { step, value } of steps) buckets.push(t += step, value);
  return buckets;
}

Deno.test("buckets hold any series in under 12 KiB and lose neither samples nor extremes", () => {
  fc.assert(fc.property(samples, (steps) => {
    const buckets = filled(steps), { times, lows, highs, means } = buckets.columns();
    assert.ok(buckets.size <= BUCKET_CAP);
    assert.ok(buckets.bytes <= 12 * 1024);
    assert.equal(buckets.samples, steps.length);
    assert.equal(Math.min(...lows), Math.min(...steps.map((s) => s.value)));
    assert.equal(Math.max(...highs), Math.max(...steps.map((s) => s.value)));
    for (let i = 1; i < times.length; i++) assert.ok(times[i]! > times[i - 1]!);
    means.forEach((mean, i) => assert.ok(mean >= lows[i]! - 1e-3 && mean <= highs[i]! + 1e-3));
  }));
});

Deno.test("a sliding window forgets what is older and keeps at least half of itself", () => {
  const windowSeconds = 3600;
  fc.assert(fc.property(samples, (steps) => {
    const { times } = filled(steps, windowSeconds).columns();
    assert.ok(times.at(-1)! - times[0]! <= windowSeconds + windowSeconds / 64);
  }));
  const steady = filled(Array.from({ length: 20_000 }, (_, i) => ({ step: 1, value: i })), windowSeconds);
  const { times, means } = steady.columns();
  assert.ok(times.at(-1)! - times[0]! > 0.95 * windowSeconds);
  assert.ok(means[0]! > 20_000 - windowSeconds - 60);
});

Deno.test("pooled buckets go through JSON unchanged and go on from there", () => {
  fc.assert(fc.property(samples, samples, (before, after) => {
    const pool = new BucketPool(2 ** 20);
    const here = filled(before, 86_400, pool);
    const there = Buckets.fromJSON(JSON.parse(JSON.stringify(here)), pool);
    let t = 1_800_000_000;
    for (const { step, value } of after) {
      t += step;
      here.push(t, value);
      there.push(t, value);
    }
    assert.deepEqual(there.columns(), here.columns());
    assert.equal(there.samples, here.samples);
  }));
});

Deno.test("not-a-number, infinities and late samples do no harm", () => {
  const buckets = new Buckets();
  buckets.push(NaN, 1);
  buckets.push(10, Infinity);
  buckets.push(10, 5);
  buckets.push(100, 7);
  buckets.push(20, 6);
  assert.deepEqual([...buckets.columns().means], [5, 6.5]);
  assert.deepEqual([...buckets.columns().times], [0, 90]);
});

/** A process's memory in pages: what the pool is for. */
const pages = fc.array(
  fc.record({
    step: fc.double({ min: 0.01, max: 600, noNaN: true }),
    value: fc.integer({ min: 0, max: 2 ** 24 }).map((count) => count * 4096),
  }),
  { minLength: 1, maxLength: 1000, size: "max" },
);

Deno.test("in a pool a series is what it is in doubles, but for the last digits", () => {
  fc.assert(fc.property(pages, (steps) => {
    const precise = filled(steps, 86_400).columns();
    const pooled = filled(steps, 86_400, new BucketPool(2 ** 20)).columns();
    const near = (a: Float64Array, b: Float64Array, error: number) =>
      assert.ok(a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) <= error));
    near(pooled.times, precise.times, 0.01);
    near(pooled.lows, precise.lows, 4096);
    near(pooled.highs, precise.highs, 4096);
    near(pooled.means, precise.means, 8192);
  }));
});

Deno.test("with fewer buckets and with more again, samples and extremes stay", () => {
  const caps = fc.array(fc.constantFrom(48, 64, 128, 256), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(pages, caps, pages, (before, sizes, after) => {
    const pool = new BucketPool(2 ** 20), buckets = filled(before, null, pool);
    for (const cap of sizes) {
      buckets.resize(cap);
      assert.ok(buckets.size <= cap);
    }
    let t = 1_800_000_000;
    for (const { step, value } of after) buckets.push(t += step, value);
    const all = [...before, ...after].map(({ value }) => value);
    assert.equal(buckets.samples, all.length);
    const { times, lows, highs } = buckets.columns();
    assert.ok(Math.abs(Math.min(...lows) - Math.min(...all)) <= 4096);
    assert.ok(Math.abs(Math.max(...highs) - Math.max(...all)) <= 4096);
    for (let i = 1; i < times.length; i++) assert.ok(times[i]! > times[i - 1]!);
    buckets.release();
    assert.equal(pool.used_bytes, 0);
  }));
});

Deno.test("a pool gives no more than its budget, and all of it again after it was given back", () => {
  const pool = new BucketPool(2 ** 20), kept: Buckets[] = [];
  const fill = () => {
    for (let i = 0; i < 5000; i++) {
      try {
        const buckets = new Buckets(1, BUCKET_CAP, null, pool);
        kept.push(buckets);
        for (let t = 0; t < 300; t++) buckets.push(t, t);
      } catch (error) {
        assert.match(String(error), /budget is used up/);
      }
    }
    return kept.length;
  };
  const first = fill();
  assert.ok(first > 100 && pool.reserved_bytes <= pool.budget_bytes, `${first} ${pool.reserved_bytes}`);
  for (const buckets of kept) assert.equal(buckets.samples, 300);
  kept.splice(0).forEach((buckets) => buckets.release());
  assert.equal(pool.used_bytes, 0);
  assert.equal(fill(), first);
});
