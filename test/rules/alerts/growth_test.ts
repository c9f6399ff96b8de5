import assert from "node:assert/strict";
import fc from "fast-check";
import { GrowthClock, GrowthSeries } from "../../../rules/alerts/growth.ts";

/** The rise after a value per second for `seconds`. */
function riseOf(value: (second: number) => number, seconds: number, period: number, interval = 1): number {
  const clock = new GrowthClock(period);
  const series = new GrowthSeries(clock);
  for (let second = 0; second <= seconds; second += interval) {
    clock.advance(second, false);
    series.add(value(second));
  }
  return series.rise;
}

Deno.test("growth: a straight rise is seen as two thirds of itself or a little more", () => {
  for (const [seconds, interval] of [[60, 5], [600, 1], [3600, 15], [7200, 30]] as const) {
    const rise = riseOf((second) => 1000 + second, seconds, 3600, interval);
    const whole = Math.min(seconds, 3600);
    assert.ok(rise >= 0.5 * whole && rise <= 0.85 * whole, `${rise} of ${whole}`);
  }
});

Deno.test("growth: a sawtooth whose teeth are shorter than a third is none", () => {
  assert.equal(riseOf((second) => 100 + second % 20 * 3, 75, 3600), 0);
  assert.equal(riseOf((second) => 100 + second % 600, 7200, 3600, 5), 0);
  // Seen too seldom, its teeth look like anything.
  for (let period = 5.5; period < 9; period += 0.1) {
    const rises = Array.from(
      { length: 30 },
      (_, n) => riseOf((second) => 100 + 60 * (second % period), 50 + 5 * n, 3600, 5),
    );
    assert.ok(rises.filter((rise) => rise > 16).length <= 3, `teeth of ${period} s: ${rises}`);
  }
});

Deno.test("growth: what came back is none, what fell is negative", () => {
  assert.equal(riseOf((second) => second > 25 && second < 50 ? 500 : 100, 75, 3600), 0);
  assert.ok(riseOf((second) => 1000 - second, 75, 3600) < 0);
});

Deno.test("growth: neither a start-up nor a step is one", () => {
  assert.equal(riseOf((second) => second < 2 ? 8 : 108, 6, 3600), 0);
  assert.equal(riseOf((second) => 108 - 100 * Math.exp(-second), 75, 3600) < 1, true);
  assert.equal(riseOf((second) => second < 45 ? 8 : 108, 75, 3600), 0);
});

Deno.test("growth: unknown before there is enough, after a gap, and for one that missed a sample", () => {
  assert.ok(Number.isNaN(riseOf((second) => second, 4, 3600)));
  const clock = new GrowthClock(3600);
  const series = new GrowthSeries(clock);
  const later = new GrowthSeries(clock);
  for (let second = 0; second < 20; second++) {
    clock.advance(second, second === 17);
    series.add(second);
    if (second !== 10) later.add(second);
  }
  assert.ok(Number.isNaN(series.rise));
});

Deno.test("growth: never more than the spread of the values, and never less than minus it", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.integer({ min: 10, max: 300 }),
    (values, period) => {
      const clock = new GrowthClock(period);
      const series = new GrowthSeries(clock);
      values.forEach((value, index) => {
        clock.advance(index, false);
        series.add(value);
        const spread = Math.max(...values) - Math.min(...values);
        assert.ok(Number.isNaN(series.rise) || Math.abs(series.rise) <= spread);
      });
    },
  ));
});
