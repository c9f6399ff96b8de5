/** descriptors: which files, sockets and pipes are opened and not closed, by kind and path. Reads links of /proc/PID/fd only. */

import { parseDescriptor } from "../../collectors/process/descriptor_kinds.ts";
import { makeResult, rankSites } from "../result.ts";
import type { Target } from "../target.ts";
import { freeMethod } from "./free_reading.ts";

/** At 3 µs each: a process with a million descriptors must not cost seconds. */
const MAX_LINKS = 20_000;

export const descriptors = freeMethod({
  name: "descriptors",
  title: "which files, sockets and pipes it opens and does not close",
  rank: 88,
  appliesTo: () => true,
  pause: "none",
  reads: ({ pid }) => `the links of /proc/${pid}/fd`,
  whyNot: (target) =>
    readDescriptors(target) === null
      ? "may not list its descriptors; run leakwatch as root or as its user"
      : null,
  read: (target) => readDescriptors(target) ?? new Map<string, number>(),
  compare: (target, before, after, window) =>
    makeResult("descriptors", target, {
      ...window,
      growth_source: "rss",
      meaning: "open-descriptors",
      coverage: null,
      sites: rankSites(descriptorGrowth(before, after)),
      cost: { pause_ms: 0, slowdown: null, left_behind: [] },
    }),
});

/** One or two more are work in progress. */
const MIN_GROWTH = 3;

/** What there is more of than before. Pure. */
export function descriptorGrowth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  return [...after].map(([type, count]) => ({ type, count: count - (before.get(type) ?? 0) }))
    .filter(({ count }) => count >= MIN_GROWTH)
    .map(({ type, count }) => ({ stack: [], type, live_bytes: null, count, held_by: null }));
}

/** Counts by what a descriptor is; numbers that differ from one to the next (inodes) are left out. Pure. Hostile. */
export function descriptorName(link: string): string {
  const kind = parseDescriptor(link);
  if (kind === "sockets" || kind === "pipes") return kind;
  if (kind === "anon_inodes") return link.replace(/^anon_inode:\[?/, "").replace(/\]$/, "");
  // Files of one pattern are one row: session-4711.tmp, session-4712.tmp.
  return `${kind.replace(/s$/, "").replace("_", " ")} ${link.replace(/\d+/g, "N")}`;
}

function readDescriptors({ pid, proc }: Pick<Target, "pid" | "proc">): Map<string, number> | null {
  const counts = new Map<string, number>();
  try {
    let seen = 0;
    for (const { name } of Deno.readDirSync(`${proc}/${pid}/fd`)) {
      if (++seen > MAX_LINKS) break;
      try {
        const what = descriptorName(Deno.readLinkSync(`${proc}/${pid}/fd/${name}`));
        counts.set(what, (counts.get(what) ?? 0) + 1);
      } catch {
        // Closed while we looked.
      }
    }
    return counts;
  } catch {
    return null;
  }
}
