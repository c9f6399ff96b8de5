/** Growth by mapping: which part of the address space memory was added to. Pure. */

import { kindOfMapping } from "../../collectors/process/mapping_kind.ts";
import type { MappingUsage } from "../../collectors/procfs/smaps.ts";

export interface RegionGrowth {
  begin: number;
  end: number;
  /** The largest mapping in it now, or before where it is gone: `heap`, `anonymous`, `file /usr/lib/libfoo.so`. Hostile. */
  kind: string;
  /** Growth of Anonymous + Swap; negative where it shrank. */
  growth_bytes: number;
}

/** Growth of all regions of one kind. */
export interface KindGrowth {
  kind: string;
  /** Regions that grew. */
  regions: number;
  growth_bytes: number;
  /** The one that grew most. */
  largest: RegionGrowth;
}

/**
 * Growth between two reads of smaps, each in order of address. Mappings are matched by overlap: a region grows at either end
 * (anonymous ones downwards), splits, and merges with its neighbours, so start addresses say nothing. Mappings that overlap
 * across the two reads are one region.
 */
export function growthByRegion(
  before: readonly MappingUsage[],
  after: readonly MappingUsage[],
): RegionGrowth[] {
  const all = [
    ...before.map((usage, at) => ({ usage, at, isAfter: false })),
    ...after.map((usage, at) => ({ usage, at, isAfter: true })),
  ].sort((a, b) => a.usage.begin - b.usage.begin);
  const regions: (RegionGrowth & { largest: number; isAfter: boolean })[] = [];
  for (const { usage, at, isAfter } of all) {
    let region = regions.at(-1);
    if (region === undefined || usage.begin >= region.end) {
      region = { begin: usage.begin, end: usage.end, kind: "", growth_bytes: 0, largest: -1, isAfter };
      regions.push(region);
    }
    region.end = Math.max(region.end, usage.end);
    const bytes = usage.anonymous_bytes + usage.swap_bytes;
    region.growth_bytes += isAfter ? bytes : -bytes;
    if (isAfter === region.isAfter ? bytes > region.largest : isAfter) {
      region.largest = bytes;
      region.isAfter = isAfter;
      const around = isAfter ? after : before;
      const { kind, name } = kindOfMapping(usage, around[at - 1] ?? null, around[at + 1] ?? null);
      region.kind = name === "" ? kind : `${kind} ${name}`;
    }
  }
  return regions.map(({ begin, end, kind, growth_bytes }) => ({ begin, end, kind, growth_bytes }));
}

/** Sums regions by kind, what shrank too: a collector that moves objects empties one region to fill another. Largest first. */
export function growthByKind(regions: readonly RegionGrowth[]): KindGrowth[] {
  const kinds = new Map<string, KindGrowth>();
  for (const region of regions) {
    const kind = kinds.get(region.kind) ??
      { kind: region.kind, regions: 0, growth_bytes: 0, largest: region };
    kinds.set(region.kind, kind);
    kind.growth_bytes += region.growth_bytes;
    if (region.growth_bytes > 0) kind.regions++;
    if (region.growth_bytes > kind.largest.growth_bytes) kind.largest = region;
  }
  return [...kinds.values()].sort((a, b) => b.growth_bytes - a.growth_bytes);
}
