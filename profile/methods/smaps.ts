/** smaps: where in the address space memory was added. Reads only; works for every runtime, so it runs beside each other method. */

import { type MappingUsage, parseSmaps } from "../../collectors/procfs/smaps.ts";
import { readLines } from "../../collectors/procfs/maps.ts";
import { ProfileError } from "../errors.ts";
import { makeResult, rankSites } from "../result.ts";
import type { Target } from "../target.ts";
import { freeMethod } from "./free_reading.ts";
import { growthByKind, growthByRegion, type KindGrowth } from "./smaps_growth.ts";

/** Growth below the noise of a page here and there is not named. */
const MIN_GROWTH_BYTES = 64 * 1024;

export const smaps = freeMethod({
  name: "smaps",
  title: "which mappings grow (heap, arenas, anonymous), not what fills them",
  rank: 90,
  appliesTo: () => true,
  pause: "8 to 42 ms in which it cannot map memory, twice, for some hundred mappings",
  reads: ({ pid }) => `/proc/${pid}/smaps`,
  whyNot({ pid, proc }) {
    try {
      Deno.openSync(`${proc}/${pid}/smaps`).close();
      return null;
    } catch {
      return "may not read its smaps; run leakwatch as root or as its user";
    }
  },
  read: readMappings,
  compare(target, before, after, window) {
    const kinds = growthByKind(growthByRegion(before, after));
    const sites = rankSites(
      kinds.filter((kind) => kind.growth_bytes >= MIN_GROWTH_BYTES).map((kind) => ({
        stack: [],
        type: describeKind(kind),
        live_bytes: kind.growth_bytes,
        count: kind.regions,
        held_by: null,
      })),
    );
    return makeResult("smaps", target, {
      ...window,
      growth_source: "rss",
      meaning: "resident-growth",
      sites,
    });
  },
});

function readMappings(target: Target): MappingUsage[] {
  try {
    return [...parseSmaps(readLines(`${target.proc}/${target.pid}/smaps`))];
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new ProfileError(
        `may not read smaps of process ${target.pid}; run leakwatch as root or as its user`,
      );
    }
    throw new ProfileError(`process ${target.pid} has ended`);
  }
}

function describeKind({ kind, regions, largest }: KindGrowth): string {
  const range = `${largest.begin.toString(16)}-${largest.end.toString(16)}`;
  return regions === 1 ? `${kind} at ${range}` : `${kind}, ${regions} mappings, most at ${range}`;
}
