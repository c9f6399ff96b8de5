/** Go's own heap profile twice, where the program serves net/http/pprof: which stack holds more than before. */

import { ProfileError } from "../errors.ts";
import { heapGrowth } from "../go/heap_profile.ts";
import { findPprof, HEAP_PATH, readHeapProfile } from "../go/pprof.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import { ownListeners } from "../guards/sockets.ts";
import { type Method, type MethodOffer, unavailable } from "../method.ts";
import { makeResult, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";

/** As of the last collection before each reading: free. */
export const goHeap: Method = {
  name: "go-heap",
  title: "which stack holds more than before (net/http/pprof, as of the last collections)",
  rank: 10,
  connects: true,
  appliesTo: ({ runtime }) => runtime === "go",
  describe: (target) => describePprof(target, HEAP_PATH, 0, "not measurable, 5 ms for each reading"),
  async run(target, options) {
    const growth = measureGrowth(target);
    const { before, after } = await readTwice(target, HEAP_PATH, options);
    const { growth_bytes, seconds } = growth();
    const collections = after.collections! - before.collections!;
    // The profile is that of the collection before the last one (runtime.MemProfile), so one says nothing new.
    const warnings = collections >= 2 ? [] : [
      `the program collected garbage ${
        collections === 1 ? "once" : "never"
      } in the window, so its profile says ` +
      "little or nothing new: a longer window, or --method go-heap-gc",
    ];
    const sites = rankSites(heapGrowth(before, after));
    return [makeResult(goHeap.name, target, {
      seconds,
      meaning: "live-sampled",
      growth_bytes,
      growth_source: "rss",
      sites,
      warnings,
    })];
  },
};

/** A collection before each reading: exact, and the growth is that of the live heap. */
export const goHeapGc: Method = {
  name: "go-heap-gc",
  title: "which stack holds more than before (net/http/pprof, a collection before each reading)",
  rank: 20,
  connects: true,
  appliesTo: ({ runtime }) => runtime === "go",
  describe: (target) =>
    describePprof(target, GC_PATH, 1, "two collections, mostly beside the program: some ms of pause"),
  async run(target, options) {
    const { before, after, seconds } = await readTwice(target, GC_PATH, options);
    const growth_bytes = after.heap_alloc_bytes! - before.heap_alloc_bytes!;
    const sites = rankSites(heapGrowth(before, after));
    return [makeResult(goHeapGc.name, target, {
      seconds,
      meaning: "live-sampled",
      growth_bytes,
      growth_source: "heap",
      sites,
    })];
  },
};

const GC_PATH = `${HEAP_PATH}&gc=1`;

function describePprof(target: Target, path: string, consent: 0 | 1, pause: string): MethodOffer {
  const ports = [...new Set(ownListeners(target).map(({ port }) => port))].slice(0, 8);
  const offer: MethodOffer = {
    available: true,
    reason: null,
    needs: ["net/http/pprof served by the program", "root or the same user"],
    consent,
    cost: { pause, slowdown: "none", left_behind: "nothing" },
    undo: "nothing to undo",
    commands: ports.flatMap((port) => [`GET ${path} on port ${port}, whose socket is the process's`])
      .concat("wait", "GET it again where it was answered"),
  };
  return ports.length > 0 ? offer : unavailable(
    offer,
    "it listens on no TCP port of its own; import net/http/pprof and serve it on localhost",
  );
}

async function readTwice(
  target: Target,
  path: string,
  { seconds, signal, progress }: { seconds: number; signal: AbortSignal; progress(message: string): void },
) {
  progress("first heap profile");
  const found = await findPprof(target, path);
  if (found === null) {
    throw new ProfileError(
      `no port of process ${target.pid} serves /debug/pprof/; import net/http/pprof and serve it on localhost`,
    );
  }
  const waited = await waitWindow(seconds, signal);
  progress("second heap profile");
  const after = await readHeapProfile(target, found.listener, path);
  assertSame(target);
  for (const { heap_alloc_bytes, collections } of [found.profile, after]) {
    if (heap_alloc_bytes === null || collections === null) {
      throw new ProfileError(`the heap profile of process ${target.pid} has no runtime.MemStats`);
    }
  }
  return { before: found.profile, after, seconds: waited };
}
