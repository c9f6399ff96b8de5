/** Growth by mapping between two reads. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { MappingUsage } from "../../../collectors/procfs/smaps.ts";
import { growthByKind, growthByRegion } from "../../../profile/methods/smaps_growth.ts";
import { coverageOf, rankSites } from "../../../profile/result.ts";

const MIB = 2 ** 20;

function mapping(begin: number, end: number, anonymous_bytes: number, name = ""): MappingUsage {
  return {
    begin,
    end,
    name,
    permissions: "rw-p",
    inode: 0,
    rss_bytes: anonymous_bytes,
    pss_bytes: 0,
    private_bytes: 0,
    anonymous_bytes,
    swap_bytes: 0,
  };
}

Deno.test("smaps: a region that grows downwards and merges is one, and its growth is what was added", () => {
  const before = [mapping(100 * MIB, 110 * MIB, 10 * MIB), mapping(120 * MIB, 130 * MIB, 5 * MIB)];
  const after = [mapping(90 * MIB, 130 * MIB, 18 * MIB)];
  assert.deepEqual(
    growthByRegion(before, after).map((
      { begin, end, growth_bytes },
    ) => [begin / MIB, end / MIB, growth_bytes / MIB]),
    [[90, 130, 3]],
  );
});

Deno.test("smaps: a collector that moves objects grows by what it keeps", () => {
  const before = [mapping(1 * MIB, 5 * MIB, 4 * MIB), mapping(10 * MIB, 14 * MIB, 0)];
  const after = [mapping(1 * MIB, 5 * MIB, 0), mapping(10 * MIB, 16 * MIB, 6 * MIB)];
  const [kind] = growthByKind(growthByRegion(before, after));
  assert.deepEqual([kind!.kind, kind!.growth_bytes / MIB, kind!.regions], ["anonymous", 2, 1]);
  assert.equal(kind!.largest.begin, 10 * MIB);
});

Deno.test("smaps: what was unmapped is taken from the kind that it was", () => {
  const before = [mapping(1 * MIB, 9 * MIB, 8 * MIB), mapping(20 * MIB, 21 * MIB, MIB)];
  const after = [mapping(20 * MIB, 21 * MIB, MIB), mapping(30 * MIB, 36 * MIB, 6 * MIB)];
  const kinds = growthByKind(growthByRegion(before, after));
  assert.deepEqual(kinds.map(({ kind, growth_bytes }) => [kind, growth_bytes / MIB]), [["anonymous", -2]]);
});

Deno.test("smaps: the sum over regions is the growth of the process, however it is mapped", () => {
  const layout = fc.array(
    fc.record({ gap: fc.nat(5), length: fc.integer({ min: 1, max: 9 }), used: fc.nat(9) }),
    { maxLength: 20 },
  )
    .map((parts) => {
      let at = 0;
      return parts.map(({ gap, length, used }) => {
        const begin = at + gap;
        at = begin + length;
        return mapping(begin * 4096, at * 4096, Math.min(used, length) * 4096);
      });
    });
  const sum = (mappings: MappingUsage[]) =>
    mappings.reduce((total, { anonymous_bytes }) => total + anonymous_bytes, 0);
  fc.assert(fc.property(layout, layout, (before, after) => {
    const regions = growthByRegion(before, after);
    const total = regions.reduce((bytes, { growth_bytes }) => bytes + growth_bytes, 0);
    assert.equal(total, sum(after) - sum(before));
    assert.equal(growthByKind(regions).reduce((bytes, { growth_bytes }) => bytes + growth_bytes, 0), total);
    assert.ok(regions.every(({ begin }, at) => at === 0 || begin >= regions[at - 1]!.end));
  }));
});

Deno.test("coverage: a share of what grew, of nothing none, of unknown none", () => {
  const site = (live_bytes: number | null) => ({ stack: [], type: "t", live_bytes, count: 1, held_by: null });
  assert.equal(coverageOf(rankSites([site(30), site(20)]), 100), 0.5);
  assert.equal(coverageOf(rankSites([site(300)]), 100), 1);
  assert.equal(coverageOf([], 100), 0);
  assert.equal(coverageOf(rankSites([site(30)]), 0), null);
  assert.equal(coverageOf(rankSites([site(30)]), null), null);
  assert.equal(coverageOf(rankSites([site(null)]), 100), null);
});
