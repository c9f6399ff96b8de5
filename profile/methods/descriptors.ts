/** descriptors: which files, sockets and pipes are opened and not closed, by kind and path. Reads links of /proc/PID/fd only. */

import { parseDescriptor } from "../../collectors/process/descriptor_kinds.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method } from "../method.ts";
import { type ProfileResult, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";

/** At 3 µs each: a process with a million descriptors must not cost seconds. */
const MAX_LINKS = 20_000;

export const descriptors: Method = {
  name: "descriptors",
  title: "which files, sockets and pipes it opens and does not close",
  rank: 88,
  appliesTo: () => true,
  describe(target) {
    const isReadable = readDescriptors(target) !== null;
    return {
      available: isReadable,
      reason: isReadable ? null : "may not list its descriptors; run leakwatch as root or as its user",
      needs: ["root or the same user"],
      consent: 0,
      cost: { pause: "none", slowdown: "none", left_behind: "nothing" },
      undo: "nothing to undo",
      commands: [
        `read the links of /proc/${target.pid}/fd`,
        "wait",
        `read the links of /proc/${target.pid}/fd`,
      ],
    };
  },
  async run(target, options) {
    const end = beginDescriptors(target);
    await waitWindow(options.seconds, options.signal);
    return [end()];
  },
};

/** Reads once; the function that comes back reads again and tells what there is more of. */
export function beginDescriptors(target: Target): () => ProfileResult {
  const growth = measureGrowth(target);
  const before = readDescriptors(target) ?? new Map<string, number>();
  return () => {
    const after = readDescriptors(target) ?? new Map<string, number>();
    assertSame(target);
    const { growth_bytes, seconds } = growth();
    return {
      method: descriptors.name,
      pid: target.pid,
      start_time: target.start_time,
      seconds,
      part: null,
      growth_bytes,
      growth_source: "rss",
      meaning: "open-descriptors",
      coverage: null,
      lost_events: 0,
      sites: rankSites(descriptorGrowth(before, after)),
      cost: { pause_ms: 0, slowdown: null, left_behind: [] },
      warnings: [],
    };
  };
}

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
