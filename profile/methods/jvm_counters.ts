/** jvm-counters: which part of a JVM grows, by the counters it keeps in a file (hsperfdata): no attach, no collection. */

import { findHsperfdata, readHsperfdata } from "../../collectors/runtime/read_hsperfdata.ts";
import type { Hsperfdata } from "../../collectors/runtime/hsperfdata.ts";
import { formatBytes } from "../../model/format.ts";
import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Method } from "../method.ts";
import { type ProfileResult, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";

export const jvmCounters: Method = {
  name: "jvm-counters",
  title: "which part of the JVM grows (old generation, metaspace), by its own counters",
  rank: 82,
  appliesTo: ({ runtime }) => runtime === "jvm",
  describe(target) {
    const path = findHsperfdata(target.pid, target.proc);
    return {
      available: path !== null,
      reason: path === null
        ? "it keeps no counters (-XX:-UsePerfData), or they may not be read; run as root"
        : null,
      needs: ["root or the same user"],
      consent: 0,
      cost: { pause: "none", slowdown: "none", left_behind: "nothing" },
      undo: "nothing to undo",
      commands: [`read ${path ?? "/tmp/hsperfdata_USER/PID"} as the JVM sees it`, "wait", "read it again"],
    };
  },
  async run(target, options) {
    const end = beginCounters(target);
    await waitWindow(options.seconds, options.signal);
    return [end()];
  },
};

/** Reads once; the function that comes back reads again and compares. Both throw ProfileError. */
export function beginCounters(target: Target): () => ProfileResult {
  const growth = measureGrowth(target);
  const before = readCounters(target);
  return () => {
    const after = readCounters(target);
    assertSame(target);
    const { growth_bytes, seconds } = growth();
    const sites = rankSites(counterGrowth(before, after));
    const collections = (after.collections ?? 0) - (before.collections ?? 0);
    return {
      method: jvmCounters.name,
      pid: target.pid,
      start_time: target.start_time,
      seconds,
      part: null,
      growth_bytes,
      growth_source: "rss",
      meaning: "part-growth",
      // The process grows by what it has not collected yet, too.
      coverage: null,
      lost_events: 0,
      sites,
      cost: { pause_ms: 0, slowdown: null, left_behind: [] },
      warnings: [
        ...roomOf(after),
        `${collections} collections in the window`,
        ...(collections === 0 ? ["without a collection the old generation's counter stands still"] : []),
      ],
    };
  };
}

function readCounters(target: Target): Hsperfdata {
  assertSame(target);
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
