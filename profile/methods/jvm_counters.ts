/** jvm-counters: which part of a JVM grows, by the counters it keeps in a file (hsperfdata): no attach, no collection. */

import { findHsperfdata, readHsperfdata } from "../../collectors/runtime/read_hsperfdata.ts";
import type { Hsperfdata } from "../../collectors/runtime/hsperfdata.ts";
import { formatBytes } from "../../model/format.ts";
import { ProfileError } from "../errors.ts";
import { makeResult, rankSites } from "../result.ts";
import type { Target } from "../target.ts";
import { freeMethod } from "./free_reading.ts";

export const jvmCounters = freeMethod({
  name: "jvm-counters",
  title: "which part of the JVM grows (old generation, metaspace), by its own counters",
  rank: 82,
  appliesTo: ({ runtime }) => runtime === "jvm",
  pause: "none",
  reads: ({ pid, proc }) => `${findHsperfdata(pid, proc) ?? "/tmp/hsperfdata_USER/PID"} as the JVM sees it`,
  whyNot: ({ pid, proc }) =>
    findHsperfdata(pid, proc) === null
      ? "it keeps no counters (-XX:-UsePerfData), or they may not be read; run as root"
      : null,
  read: readCounters,
  compare(target, before, after, window) {
    const collections = (after.collections ?? 0) - (before.collections ?? 0);
    return makeResult("jvm-counters", target, {
      ...window,
      growth_source: "rss",
      meaning: "part-growth",
      // The process grows by what it has not collected yet, too.
      coverage: null,
      sites: rankSites(counterGrowth(before, after)),
      cost: { pause_ms: 0, slowdown: null, left_behind: [] },
      warnings: [
        ...roomOf(after),
        `${collections} collections in the window`,
        ...(collections === 0 ? ["without a collection the old generation's counter stands still"] : []),
      ],
    });
  },
});

function readCounters(target: Target): Hsperfdata {
  const counters = readHsperfdata(target.pid, { proc: target.proc });
  if (counters === null) throw new ProfileError(`JVM ${target.pid} keeps no counters that can be read`);
  return counters;
}

/** Parts that grew. Pure. */
export function counterGrowth(before: Hsperfdata, after: Hsperfdata) {
  const parts: [string, number | null, number | null][] = [
    ["the old generation", before.old_used_bytes, after.old_used_bytes],
    ["metaspace (classes)", before.metaspace_used_bytes, after.metaspace_used_bytes],
  ];
  return parts.flatMap(([type, first, last]) =>
    first === null || last === null || last <= first
      ? []
      : [{ stack: [], type, live_bytes: last - first, count: null, held_by: null }]
  );
}

function roomOf({ old_used_bytes, heap_max_bytes }: Hsperfdata): string[] {
  if (old_used_bytes === null || heap_max_bytes === null) return [];
  return [
    `${formatBytes(old_used_bytes)} of at most ${
      formatBytes(heap_max_bytes)
    } (-Xmx) are in the old generation`,
  ];
}
