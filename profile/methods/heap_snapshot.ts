/** heap-snapshot: Node and Deno, two snapshots of the whole heap: which constructors grow and who holds them. */

import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { InspectorClient } from "../inspector/client.ts";
import { readMemoryUsage } from "../inspector/memory_usage.ts";
import { connectInspector, openInspector } from "../inspector/open.ts";
import { countTypes, findHolders } from "../inspector/snapshot_growth.ts";
import { SnapshotReader } from "../inspector/snapshot_reader.ts";
import type { Method, RunOptions } from "../method.ts";
import { makeResult, type ProfileResult, rankSites } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { describeInspector, INSPECTOR_CONVERSATION } from "./inspector_offer.ts";
import { formatBytes } from "../../model/format.ts";

/** A snapshot is about twice the heap in JSON; this is what may come in all. */
const MAX_STREAM_BYTES = 8 * 2 ** 30;
/** 200 MiB took some ten seconds. */
const SNAPSHOT_SECONDS = 300;
const DESCRIBED_HOLDERS = 8;

export const heapSnapshot: Method = {
  name: "heap-snapshot",
  title: "which constructors have more instances, and what holds them",
  rank: 20,
  connects: true,
  appliesTo: ({ runtime }) => runtime === "node" || runtime === "deno",
  describe: (target, seconds) =>
    describeInspector(target, {
      consent: 2,
      pause:
        "it stands still while a snapshot is written, twice: 2.7 s and 4.8 s were measured for a heap of 40 to 60 MiB, " +
        "and up to eight times its heap in memory while it is sent; refused where less is free",
      slowdown: "none between the snapshots",
      commands: [
        "HeapProfiler.enable, takeHeapSnapshot",
        `wait ${seconds} s`,
        "HeapProfiler.takeHeapSnapshot, disable",
      ],
    }),
  async run(target, options) {
    const { inspector, opened } = await openInspector(target, options.undo);
    try {
      const client = await connectInspector(target, inspector, MAX_STREAM_BYTES);
      try {
        return [await compareSnapshots(target, client, opened !== null, options)];
      } finally {
        client.close();
      }
    } finally {
      if (opened !== null) await options.undo.perform(opened);
    }
  },
};

async function compareSnapshots(
  target: Target,
  client: InspectorClient,
  isOpened: boolean,
  options: RunOptions,
): Promise<ProfileResult> {
  await client.send("HeapProfiler.enable");
  const { heap_bytes } = await readMemoryUsage(client);
  assertRoom(target, heap_bytes);
  options.progress("taking the first snapshot");
  const first = await takeSnapshot(client, false);
  const before = countTypes(first.snapshot);
  const growth = measureGrowth(target);
  options.progress("waiting between the snapshots");
  await waitWindow(options.seconds, options.signal);
  assertSame(target);
  options.progress("taking the second snapshot");
  const { seconds } = growth();
  const second = await takeSnapshot(client, true);
  await client.send("HeapProfiler.disable");
  const after = countTypes(second.snapshot);
  const grown = [...after].map(([type, { count, bytes }]) => ({
    type,
    count: count - (before.get(type)?.count ?? 0),
    live_bytes: bytes - (before.get(type)?.bytes ?? 0),
  }));
  const growth_bytes = grown.reduce((sum, { live_bytes }) => sum + live_bytes, 0) -
    [...before].reduce((sum, [type, { bytes }]) => after.has(type) ? sum : sum + bytes, 0);
  const sites = rankSites(
    grown.filter(({ count, live_bytes }) => count > 0 && live_bytes > 0)
      .map((one) => ({ ...one, stack: [], held_by: null })),
  );
  const holders = findHolders(second.snapshot, sites.slice(0, DESCRIBED_HOLDERS).map(({ type }) => type!));
  return makeResult(heapSnapshot.name, target, {
    seconds,
    growth_bytes,
    growth_source: "heap",
    meaning: "instance-growth",
    sites: sites.map((site) => ({ ...site, held_by: holders.get(site.type!) ?? null })),
    cost: {
      pause_ms: Math.round(Math.max(first.pause_ms, second.pause_ms)),
      slowdown: null,
      left_behind: isOpened ? [INSPECTOR_CONVERSATION] : [],
    },
    warnings: [
      "bytes are those of the objects themselves; what they hold counts for its own type",
      "the main thread's heap only",
    ],
  });
}

async function takeSnapshot(
  client: InspectorClient,
  keepEdges: boolean,
): Promise<{ snapshot: SnapshotReader; pause_ms: number }> {
  const snapshot = new SnapshotReader(keepEdges);
  let failure: unknown = null;
  client.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => {
    if (typeof chunk !== "string" || failure !== null) return;
    try {
      snapshot.write(chunk);
    } catch (error) {
      failure = error;
      client.close();
    }
  });
  const began = performance.now();
  try {
    await client.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false }, SNAPSHOT_SECONDS);
  } catch (error) {
    throw failure ?? error;
  }
  const pause_ms = performance.now() - began;
  if (failure !== null) throw failure;
  snapshot.finish();
  return { snapshot, pause_ms };
}

/** Node holds the whole text until it is sent: 267 MiB were seen for a heap of some 35 MiB. */
const MEMORY_PER_HEAP = 8;

/** Without room for a snapshot the process is what the OOM killer takes. Throws ProfileError. */
function assertRoom(target: Target, heap_bytes: number): void {
  const available = readAvailableBytes(target);
  if (available === null || available >= MEMORY_PER_HEAP * heap_bytes) return;
  throw new ProfileError(
    `${formatBytes(available)} of memory are left, a snapshot of a heap of ${
      formatBytes(heap_bytes)
    } may need ${formatBytes(MEMORY_PER_HEAP * heap_bytes)}; use inspector-sampling`,
  );
}

/** The least of MemAvailable and what the target's cgroup may still take; null where neither can be read. */
function readAvailableBytes({ pid, proc }: Target): number | null {
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      return "";
    }
  };
  const available = /^MemAvailable:\s*(\d+) kB$/m.exec(read(`${proc}/meminfo`))?.[1];
  const group = /^0::(\/.*)$/m.exec(read(`${proc}/${pid}/cgroup`))?.[1];
  const number = (name: string) => Number(read(`/sys/fs/cgroup${group}/${name}`).trim() || NaN);
  const room = group === undefined ? NaN : number("memory.max") - number("memory.current");
  const bounds = [Number(available ?? NaN) * 1024, room].filter((bytes) => Number.isFinite(bytes));
  return bounds.length === 0 ? null : Math.min(...bounds);
}
