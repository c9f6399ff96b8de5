import assert from "node:assert/strict";
import fc from "fast-check";
import { downsample } from "../../store/downsample.ts";

Deno.test("downsample: the spike, the dip and both ends stay", () => {
  const times = Array.from({ length: 10_000 }, (_, index) => index * 5);
  const values = times.map((_, index) =>
    index === 4321 ? 1000 : index === 7777 ? -1000 : Math.sin(index / 500)
  );
  const small = downsample({ times, values }, 200);
  assert.ok(small.times.length <= 402);
  assert.ok(small.values.includes(1000) && small.values.includes(-1000));
  assert.equal(small.times[0], 0);
  assert.equal(small.times.at(-1), times.at(-1));
});

Deno.test("downsample: any series keeps its extremes, its order and its bound", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ step: fc.integer({ min: 0, max: 50 }), value: fc.option(fc.integer()) }), {
      minLength: 1,
    }),
    fc.integer({ min: 1, max: 20 }),
    (points, pixels) => {
      let time = 0;
      const times = points.map(({ step }) => time += step);
      const values = points.map(({ value }) => value);
      const small = downsample({ times, values }, pixels);
      assert.ok(small.times.length <= Math.max(times.length && 2 * pixels, 2 * (pixels + 1) + 2));
      const known = values.filter((value) => value !== null);
      if (known.length > 0) {
        assert.equal(Math.max(...small.values.filter((value) => value !== null)), Math.max(...known));
        assert.equal(Math.min(...small.values.filter((value) => value !== null)), Math.min(...known));
      }
      assert.ok(small.times.every((each, index) => index === 0 || each >= small.times[index - 1]!));
    },
  ));
});
