import assert from "node:assert/strict";
import fc from "fast-check";
import { describeGrowth, rankTypeGrowth, sitesOfGrowth, type TypeCount } from "../../profile/type_growth.ts";

const types = (rows: Record<string, [number, number | null]>): Map<string, TypeCount> =>
  new Map(Object.entries(rows).map(([name, [count, bytes]]) => [name, { count, bytes }]));
const isLibrary = (name: string) => name.startsWith("java.") || name.endsWith("[]");

Deno.test("type growth: the program's class comes first, with the library's types that grow in step", () => {
  const before = types({ "byte[]": [100, 1000], "java.util.HashMap": [5, 200], "Order": [0, 0] });
  const after = types({
    "byte[]": [3110, 301_000],
    "java.util.HashMap": [1005, 48_200],
    "Order": [1000, 24_000],
    "java.lang.Long": [700, 11_200],
  });
  const [first, second] = rankTypeGrowth(before, after, isLibrary);
  assert.equal(first!.type, "Order");
  assert.deepEqual(first!.companions.map(({ type, per_instance }) => [type, per_instance]), [
    ["byte[]", 3],
    ["java.util.HashMap", 1],
  ]);
  assert.equal(first!.total_bytes, 24_000 + 300_000 + 48_000);
  assert.equal(second!.type, "java.lang.Long");
  assert.equal(describeGrowth(first!), "Order, with each of them 3 byte[], 1 java.util.HashMap");
});

Deno.test("type growth: a handful of the program's objects explains no flood of the library's", () => {
  const after = types({ "Config": [25, 600], "byte[]": [90_000, 9_000_000] });
  assert.deepEqual(rankTypeGrowth(new Map(), after, isLibrary).map(({ type }) => type), ["byte[]", "Config"]);
});

Deno.test("type growth: what did not grow is not named", () => {
  const full = types({ "CacheEntry": [2000, 4_000_000], "byte[]": [5000, 1] });
  assert.deepEqual(rankTypeGrowth(full, full, isLibrary), []);
});

const counts = fc.dictionary(
  fc.constantFrom("Order", "Item", "java.A", "java.B", "byte[]", "char[]", "C"),
  fc.tuple(fc.nat(100_000), fc.option(fc.nat(1e9))),
).map((rows) => types(rows));

Deno.test("type growth: each grown type is counted once, and shares add up to one", () => {
  fc.assert(fc.property(counts, counts, (before, after) => {
    const ranked = rankTypeGrowth(before, after, isLibrary);
    const named = ranked.flatMap(({ type, companions }) => [type, ...companions.map(({ type }) => type)]);
    assert.equal(new Set(named).size, named.length);
    for (const type of named) {
      assert.ok(after.get(type)!.count > (before.get(type)?.count ?? 0));
    }
    const shares = sitesOfGrowth(ranked).map(({ share }) => share ?? 0);
    const sum = shares.reduce((total, share) => total + share, 0);
    assert.ok(sum === 0 || Math.abs(sum - 1) < 1e-9);
    assert.ok(shares.every((share) => share >= 0 && share <= 1));
  }));
});
