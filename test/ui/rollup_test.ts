import assert from "node:assert/strict";
import fc from "fast-check";
import { Rollup } from "../../ui/server/history/rollup.ts";

const SHAPES = [{ step_seconds: 0, capacity: 50 }, { step_seconds: 10, capacity: 30 }, {
  step_seconds: 60,
  capacity: 100,
}];

function filled(seconds: number, value = (t: number) => t): Rollup {
  const tiers = new Rollup(1, SHAPES, { precise: true, extremes: true });
  for (let t = 0; t < seconds; t++) tiers.push(t, [value(t)]);
  return tiers;
}

Deno.test("tiers: the newest samples are kept as they came", () => {
  const { time_seconds, mean } = filled(1000).read(960, 999, 1000, [0]);
  assert.deepEqual(time_seconds, Array.from({ length: 40 }, (_, i) => 960 + i));
  assert.deepEqual(mean[0], time_seconds);
});

Deno.test("tiers: a long range reaches back in steps and ends in the newest sample, in order, without overlap", () => {
  const { time_seconds, mean, low, high } = filled(5000).read(0, 4999, 10_000, [0]);
  assert.ok(time_seconds[0]! <= 90);
  assert.equal(time_seconds.at(-1), 4999);
  for (let i = 1; i < time_seconds.length; i++) assert.ok(time_seconds[i]! > time_seconds[i - 1]!);
  // A ramp: the mean of a step is its middle, and each step's extremes meet the next one's.
  mean[0]!.forEach((value, i) => {
    const isLast = i === time_seconds.length - 1;
    assert.ok(Math.abs(value! - time_seconds[i]!) <= (isLast ? 30 : 0.51));
    assert.ok(low[0]![i]! <= value! && value! <= high[0]![i]!);
  });
});

Deno.test("tiers: a spike survives every merging", () => {
  const tiers = filled(5000, (t) => t === 777 ? 1e9 : 1);
  const { high } = tiers.read(0, 4999, 20, [0]);
  assert.equal(Math.max(...high[0]!.map((value) => value ?? 0)), 1e9);
});

Deno.test("tiers: a hole is a hole", () => {
  const tiers = new Rollup(1, SHAPES);
  tiers.push(1, [5]);
  tiers.gap(2);
  tiers.push(300, [6]);
  assert.deepEqual(tiers.read(0, 300, 100, [0]).mean[0], [5, null, 6]);
});

Deno.test("tiers: any range of any series is ordered, bounded and within what was pushed", () => {
  fc.assert(fc.property(
    fc.array(
      fc.tuple(
        fc.double({ min: 0.1, max: 40, noNaN: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      ),
      {
        maxLength: 400,
      },
    ),
    fc.nat(8000),
    fc.nat(8000),
    fc.integer({ min: 2, max: 300 }),
    (steps, a, b, points) => {
      const tiers = new Rollup(1, SHAPES, { precise: true, extremes: true });
      let time = 0;
      for (const [step, value] of steps) tiers.push(time += step, [value]);
      const range = tiers.read(Math.min(a, b), Math.max(a, b), points, [0]);
      assert.ok(range.time_seconds.length <= points + 2);
      range.time_seconds.forEach((at, i) => {
        assert.ok(i === 0 || at > range.time_seconds[i - 1]!);
        const value = range.mean[0]![i]!;
        if (value !== null) {
          assert.ok(range.low[0]![i]! <= value + 1e-6 && value <= range.high[0]![i]! + 1e-6);
        }
      });
    },
  ));
});

Deno.test("rollup: the rate of a ramp is its slope, through noise as well; too little data is no rate", () => {
  assert.equal(filled(5).ratePerHour(), null);
  assert.equal(filled(40).ratePerHour(), 3600);
  const noisy = filled(50, (t) => 10 * t + (t % 7 === 3 ? 1e6 : 0));
  assert.equal(noisy.ratePerHour(), 36_000);
  assert.equal(filled(50, () => 7).ratePerHour(), 0);
});
