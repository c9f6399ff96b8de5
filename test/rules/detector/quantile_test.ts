import assert from "node:assert/strict";
import fc from "fast-check";
import { quantile } from "../../../rules/detector/quantile.ts";

/** By sorting, as one would write it. */
function sorted(values: readonly number[], q: number): number {
  const order = [...values].sort((a, b) => a - b), place = q * (order.length - 1), i = Math.trunc(place);
  return i + 1 >= order.length ? order[i]! : order[i]! + (place - i) * (order[i + 1]! - order[i]!);
}

Deno.test("quantile: selection finds what sorting finds, also among equal, rising and falling values", () => {
  const number = fc.double({ noNaN: true, min: -1e12, max: 1e12 });
  const values = fc.oneof(
    fc.array(number, { minLength: 1, maxLength: 400 }),
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 49, maxLength: 400 }),
    fc.array(number, { minLength: 49, maxLength: 400 }).map((each) => each.sort((a, b) => a - b)),
    fc.array(number, { minLength: 49, maxLength: 400 }).map((each) => each.sort((a, b) => b - a)),
  );
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (each, q) => {
    assert.equal(quantile(each, q), sorted(each, q));
  }));
});
