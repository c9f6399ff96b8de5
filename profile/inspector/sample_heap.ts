/** Samples the allocations of one heap over the window. */

import { waitWindow } from "../growth.ts";
import { coverageOf, type ProfileResult } from "../result.ts";
import type { Heap } from "./heaps.ts";
import { type MemoryUsage, readMemoryUsage, usageGrowth } from "./memory_usage.ts";
import { lastOrdinal, parseSamplingProfile } from "./sampling.ts";

/** One sample for so many bytes allocated: V8's own default; small leaks of a minute still give dozens of samples. */
const SAMPLING_INTERVAL_BYTES = 32768;

/**
 * Up to this size a full collection at each end is worth its pause (about a millisecond for each MiB): only then is what is
 * sampled really alive and the heap's growth free of garbage.
 */
const MAX_COLLECTED_HEAP_BYTES = 256 << 20;

/** Without collections: the last part of the window, in which garbage may go; only what is older is reported. */
const AGEING_SHARE = 1 / 3;

export interface HeapSample extends Pick<ProfileResult, "seconds" | "sites" | "warnings"> {
  heap_growth_bytes: number;
  external_growth_bytes: number | null;
  coverage: number | null;
  pause_ms: number;
}

/**
 * Makes the heap ready (collects it where that is bearable); the function that comes back samples over the window. All heaps
 * of a process are made ready before the first window begins, for collecting gives memory back. Both throw ProfileError;
 * sampling ends with the connection anyway.
 */
export async function prepareHeap(
  { session }: Heap,
): Promise<(seconds: number, signal: AbortSignal) => Promise<HeapSample>> {
  let pause_ms = 0;
  const timed = async <T>(deed: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await deed();
    pause_ms = Math.max(pause_ms, performance.now() - began);
    return result;
  };
  const collect = () => timed(() => session.send("HeapProfiler.collectGarbage"));
  const takeProfile = async () =>
    (await timed(() => session.send("HeapProfiler.getSamplingProfile"))).profile;
  await session.send("HeapProfiler.enable");
  const isCollected = (await readMemoryUsage(session)).heap_bytes <= MAX_COLLECTED_HEAP_BYTES;
  if (isCollected) await collect();

  return async (seconds, signal) => {
    const before = await readMemoryUsage(session);
    await session.send("HeapProfiler.startSampling", { samplingInterval: SAMPLING_INTERVAL_BYTES });
    let olderThan: number | null = null;
    const lasted = await waitWindow(isCollected ? seconds : seconds * (1 - AGEING_SHARE), signal);
    if (isCollected) await collect();
    const after = await readMemoryUsage(session);
    if (!isCollected) {
      olderThan = lastOrdinal(await takeProfile());
      await waitWindow(seconds * AGEING_SHARE, signal);
    }
    const { sites } = parseSamplingProfile(await takeProfile(), olderThan);
    await session.send("HeapProfiler.stopSampling");
    await session.send("HeapProfiler.disable");
    return describeSample(before, after, { sites, seconds: lasted, pause_ms, isCollected });
  };
}

const LARGE_HEAP =
  "the heap is too large to collect it for this: its growth holds garbage, and sites are what was allocated";
const TYPESCRIPT = / \S+\.[cm]?tsx?:\d+$/;
const GENERATED_LINES = "lines are those of the JavaScript that runs; source maps are not applied";

function describeSample(
  before: MemoryUsage,
  after: MemoryUsage,
  { sites, seconds, pause_ms, isCollected }: Pick<HeapSample, "sites" | "seconds" | "pause_ms"> & {
    isCollected: boolean;
  },
): HeapSample {
  const growth = usageGrowth(before, after);
  return {
    seconds,
    sites,
    heap_growth_bytes: growth.heap_bytes,
    external_growth_bytes: growth.external_bytes,
    coverage: coverageOf(sites, growth.heap_bytes),
    pause_ms,
    warnings: [
      ...(isCollected
        ? []
        : [`${LARGE_HEAP} in the first ${Math.round(seconds)} s and outlived the rest of the window`]),
      ...(sites.some(({ stack }) => stack.some((frame) => TYPESCRIPT.test(frame))) ? [GENERATED_LINES] : []),
    ],
  };
}
