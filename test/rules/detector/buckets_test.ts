import assert from "node:assert/strict";
import fc from "fast-check";
import { BUCKET_CAP, Buckets } from "../../../rules/detector/mod.ts";

const samples = fc.array(
  fc.record({
    step: fc.double({ min: 0, max: 5000, noNaN: true }),
    value: fc.integer({ min: -1e12, max: 1e12 }),
  }),
  { minLength: 1, maxLength: 2000, size: "max" },
);

function filled(steps: { step: number; value: number }[], windowSeconds: number | null = null): Buckets {
  const buckets = new Buckets(1, BUCKET_CAP, windowSeconds);
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

Deno.test("buckets go through JSON unchanged and go on from there", () => {
  fc.assert(fc.property(samples, samples, (before, after) => {
    const here = filled(before, 86_400), there = Buckets.fromJSON(JSON.parse(JSON.stringify(here)));
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
