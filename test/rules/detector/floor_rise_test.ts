import assert from "node:assert/strict";
import fc from "fast-check";
import { Buckets } from "../../../rules/detector/mod.ts";
import { floorRise } from "../../../rules/detector/floor_rise.ts";
import { WatchedSeries } from "../../../rules/findings/watched_series.ts";

/** The rise after a value per `interval` for `seconds`, in the buckets of a live series' first window. */
function riseOf(value: (second: number) => number, seconds: number, period: number, interval = 1): number {
  const buckets = new Buckets(3600 / 256 / 16, 256, 3600);
  for (let second = 0; second <= seconds; second += interval) buckets.push(second, value(second));
  return floorRise(buckets, period).rise;
}

Deno.test("floor rise: a straight rise is seen as two thirds of itself or a little more", () => {
  for (const [seconds, interval] of [[60, 5], [600, 1], [3600, 15], [7200, 30]] as const) {
    const rise = riseOf((second) => 1000 + second, seconds, 3600, interval);
    const whole = Math.min(seconds, 3600);
    assert.ok(rise >= 0.5 * whole && rise <= 0.85 * whole, `${rise} of ${whole}`);
  }
});

Deno.test("floor rise: a sawtooth whose teeth are shorter than a third has none", () => {
  assert.equal(riseOf((second) => 100 + second % 20 * 3, 75, 3600), 0);
  assert.equal(riseOf((second) => 100 + second % 600, 7200, 3600, 5), 0);
  // Sampled too rarely, its teeth look like anything.
  for (let period = 5.5; period < 9; period += 0.1) {
    const rises = Array.from(
      { length: 30 },
      (_, n) => riseOf((second) => 100 + 60 * (second % period), 50 + 5 * n, 3600, 5),
    );
    assert.ok(rises.filter((rise) => rise > 16).length <= 3, `teeth of ${period} s: ${rises}`);
  }
});

Deno.test("floor rise: what came back is none, what fell is negative", () => {
  assert.equal(riseOf((second) => second > 25 && second < 50 ? 500 : 100, 75, 3600), 0);
  assert.ok(riseOf((second) => 1000 - second, 75, 3600) < 0);
});

Deno.test("floor rise: neither a start-up nor a step is one", () => {
  assert.equal(riseOf((second) => second < 2 ? 8 : 108, 6, 3600), 0);
  assert.equal(riseOf((second) => 108 - 100 * Math.exp(-second), 75, 3600) < 1, true);
  assert.equal(riseOf((second) => second < 45 ? 8 : 108, 75, 3600), 0);
});

Deno.test("floor rise: unknown before there is enough; none of a series that has not moved", () => {
  assert.ok(Number.isNaN(riseOf((second) => second, 4, 3600)));
  const flat = new WatchedSeries({ unit: "bytes" });
  for (let second = 0; second < 5; second++) flat.push(second, 1e6);
  assert.ok(Number.isNaN(flat.growth(3600).rise));
  for (let second = 5; second < 100; second++) flat.push(second, 1e6);
  assert.deepEqual(flat.growth(3600), { rise: 0, ratio: 0, window_seconds: 99 });
});

Deno.test("floor rise: of the window that covers the period", () => {
  const series = new WatchedSeries({ unit: "bytes" });
  for (let second = 0; second <= 5 * 3600; second += 10) series.push(second, 1e9 + second * 1e6);
  const hour = series.growth(3600), four = series.growth(4 * 3600);
  assert.ok(Math.abs(hour.rise / (2 / 3 * 3600e6) - 1) < 0.1, `${hour.rise}`);
  assert.ok(Math.abs(four.rise / (2 / 3 * 4 * 3600e6) - 1) < 0.1, `${four.rise}`);
  assert.ok(Math.abs(four.window_seconds / (4 * 3600) - 1) < 0.05);
});

Deno.test("floor rise: never more than the spread of the values, and never less than minus it", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.integer({ min: 10, max: 300 }),
    (values, period) => {
      const rise = riseOf((second) => values[second]!, values.length - 1, period);
      const spread = Math.max(...values) - Math.min(...values);
      assert.ok(Number.isNaN(rise) || Math.abs(rise) <= spread);
    },
  ));
});
