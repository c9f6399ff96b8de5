import { readHsperfdata } from "../../collectors/runtime/read_hsperfdata.ts";
import { formatBytes } from "../../model/format.ts";
import { ProfileError } from "../errors.ts";
import { measureGrowth } from "../growth.ts";
import type { Target } from "../target.ts";
import { rankTypeGrowth, type TypeGrowth } from "../type_growth.ts";
import { runDiagnosticCommand } from "./attach.ts";
import { type ClassHistogram, isJdkClass, parseClassHistogram } from "./class_histogram.ts";

/** What two class histograms say, and what taking them cost. */
export interface HeapGrowth {
  types: TypeGrowth[];
  /** Of the live heap, after a full collection each time. */
  growth_bytes: number;
  /** RssAnon + VmSwap over the same seconds. */
  rss_growth_bytes: number | null;
  seconds: number;
  /** At the end, after a full collection. */
  live_bytes: number;
  /** -Xmx; null where the JVM keeps no counters. */
  heap_max_bytes: number | null;
  /** The longer of the two full collections; where the JVM keeps no counters, of the two commands. */
  pause_ms: number;
}

/** Seconds a full collection of a large heap may take. */
const HISTOGRAM_SECONDS = 120;
/** Growth of the process that is told when the heap does not explain it. */
const MIN_OUTSIDE_BYTES = 4 * 1024 * 1024;

/** Takes one histogram; the function that comes back takes another and compares. Both throw ProfileError. */
export async function beginHeapGrowth(target: Target): Promise<() => Promise<HeapGrowth>> {
  const before = await readHistogram(target);
  const growth = measureGrowth(target);
  return async () => {
    const { growth_bytes: rss_growth_bytes, seconds } = growth();
    const after = await readHistogram(target);
    return {
      types: rankTypeGrowth(before.histogram.classes, after.histogram.classes, isJdkClass),
      growth_bytes: after.histogram.total_bytes - before.histogram.total_bytes,
      rss_growth_bytes,
      seconds,
      live_bytes: after.histogram.total_bytes,
      heap_max_bytes: readHsperfdata(target.pid, { proc: target.proc })?.heap_max_bytes ?? null,
      pause_ms: Math.max(before.pause_ms, after.pause_ms),
    };
  };
}

async function readHistogram(
  target: Target,
): Promise<{ histogram: ClassHistogram; pause_ms: number }> {
  const pauses = () => readHsperfdata(target.pid, { proc: target.proc })?.collection_seconds ?? null;
  const before = pauses();
  const began = performance.now();
  const histogram = parseClassHistogram(
    await runDiagnosticCommand(target, "GC.class_histogram", HISTOGRAM_SECONDS),
  );
  if (histogram === null) throw new ProfileError(`JVM ${target.pid} gave no class histogram`);
  const command_ms = performance.now() - began;
  const after = pauses();
  const counted_ms = before === null || after === null ? 0 : (after - before) * 1000;
  return { histogram, pause_ms: counted_ms > 0 ? counted_ms : command_ms };
}

/** What a reader must know: how much room the heap has, and bytes that it does not explain. */
export function heapWarnings(
  { growth_bytes, rss_growth_bytes, live_bytes, heap_max_bytes }: HeapGrowth,
): string[] {
  const room = heap_max_bytes === null
    ? []
    : [`the live heap is ${formatBytes(live_bytes)} of at most ${formatBytes(heap_max_bytes)} (-Xmx)`];
  if (rss_growth_bytes === null || rss_growth_bytes < MIN_OUTSIDE_BYTES) return room;
  if (growth_bytes >= rss_growth_bytes / 2) return room;
  return [
    ...room,
    "the process grew more than its live heap: garbage not yet collected, or memory outside the heap (direct " +
    "buffers, threads, metaspace, native libraries): see jvm-native-memory and jvm-class-loaders",
  ];
}
