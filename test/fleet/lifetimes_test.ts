import assert from "node:assert/strict";
import fc from "fast-check";
import { cutLifetimes } from "../../fleet/lifetimes.ts";

const STEP = 60;

function cut(
  values: number[],
  more: { restarts?: number[]; sawtooth?: boolean; gapAfter?: [number, number] } = {},
) {
  const [after, seconds] = more.gapAfter ?? [Infinity, 0];
  const times = Float64Array.from(values, (_, i) => 1000 + i * STEP + (i > after ? seconds : 0));
  return cutLifetimes(times, Float64Array.from(values), values.length, {
    step_seconds: STEP,
    window_seconds: 200 * STEP,
    restarts_seconds: more.restarts ?? [],
    is_sawtooth: more.sawtooth ?? false,
  });
}

const level = (value: number, count: number) => Array<number>(count).fill(value);

Deno.test("lifetimes: a series without a break is one", () => {
  assert.deepEqual(cut(level(100, 50)), [[0, 50]]);
  assert.deepEqual(cut([]), []);
});

Deno.test("lifetimes: a restart known from its start time begins one", () => {
  // The point at 1000 + 20 × 60 averages over the restart, and belongs to the lifetime before.
  assert.deepEqual(cut(level(100, 50), { restarts: [1000 + 19.5 * STEP] }), [[0, 21], [21, 50]]);
  assert.deepEqual(cut(level(100, 50), { restarts: [500] }), [[0, 50]]);
});

Deno.test("lifetimes: a short gap is a gap, a long one an end", () => {
  assert.deepEqual(cut(level(100, 50), { gapAfter: [20, 15 * STEP] }), [[0, 50]]);
  assert.deepEqual(cut(level(100, 50), { gapAfter: [20, 25 * STEP] }), [[0, 21], [21, 50]]);
});

Deno.test("lifetimes: a fall by half that lasts is a restart, a dip is not", () => {
  assert.deepEqual(cut([...level(100, 20), ...level(40, 30)]), [[0, 20], [20, 50]]);
  assert.deepEqual(cut([...level(100, 20), ...level(40, 3), ...level(100, 27)]), [[0, 50]]);
});

Deno.test("lifetimes: what falls again and again is a sawtooth, and so is a collected heap", () => {
  const teeth = Array.from({ length: 6 }, () => [...level(100, 13), ...level(40, 13)]).flat();
  assert.equal(cut(teeth).length, 1);
  assert.deepEqual(cut([...level(100, 20), ...level(40, 30)], { sawtooth: true }), [[0, 50]]);
});

Deno.test("lifetimes: together they are the whole series, in order and without overlap", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 5 }),
    (values, restarts) => {
      const lifetimes = cut(values, { restarts: restarts.sort((a, b) => a - b) });
      assert.equal(lifetimes[0]![0], 0);
      assert.equal(lifetimes.at(-1)![1], values.length);
      lifetimes.forEach(([from, to], i) => {
        assert.ok(from < to);
        if (i > 0) assert.equal(from, lifetimes[i - 1]![1]);
      });
    },
  ));
});
