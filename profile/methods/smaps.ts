/** smaps: where in the address space memory was added. Reads only; works for every runtime, so it runs beside each other method. */

import { type MappingUsage, parseSmaps } from "../../collectors/procfs/smaps.ts";
import { readLines } from "../../collectors/procfs/maps.ts";
import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method } from "../method.ts";
import { coverageOf, type ProfileResult, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { growthByKind, growthByRegion, type KindGrowth } from "./smaps_growth.ts";

/** Growth below the noise of a page here and there is not named. */
const MIN_GROWTH_BYTES = 64 * 1024;

export const smaps: Method = {
  name: "smaps",
  title: "which mappings grow (heap, arenas, anonymous), not what fills them",
  rank: 90,
  appliesTo: () => true,
  describe(target) {
    const offer = {
      needs: ["root or the same user"],
      consent: 0 as const,
      cost: {
        pause: "8 to 42 ms in which it cannot map memory, twice, for some hundred mappings",
        slowdown: "none",
        left_behind: "nothing",
      },
      undo: "nothing to undo",
      commands: [`read /proc/${target.pid}/smaps`, "wait", `read /proc/${target.pid}/smaps`],
    };
    try {
      Deno.openSync(`${target.proc}/${target.pid}/smaps`).close();
      return { ...offer, available: true, reason: null };
    } catch {
      return {
        ...offer,
        available: false,
        reason: "may not read its smaps; run leakwatch as root or as its user",
      };
    }
  },
  async run(target, options) {
    const end = beginSmaps(target);
    await waitWindow(options.seconds, options.signal);
    return [end()];
  },
};

/** Reads once; the function that comes back reads again and tells the difference. Both throw ProfileError. */
export function beginSmaps(target: Target): () => ProfileResult {
  const growth = measureGrowth(target);
  const before = readMappings(target);
  return () => {
    const after = readMappings(target);
    assertSame(target);
    const { growth_bytes, seconds } = growth();
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
    return {
      method: smaps.name,
      pid: target.pid,
      start_time: target.start_time,
      seconds,
      part: null,
      growth_bytes,
      growth_source: "rss",
      meaning: "resident-growth",
      coverage: coverageOf(sites, growth_bytes),
      lost_events: 0,
      sites,
      cost: { pause_ms: null, slowdown: null, left_behind: [] },
      warnings: [],
    };
  };
}

function readMappings(target: Target): MappingUsage[] {
  assertSame(target);
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
