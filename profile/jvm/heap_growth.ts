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
  /** The longer of the two commands: the pause for the full collection is a part of it. */
  command_ms: number;
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
      command_ms: Math.max(before.milliseconds, after.milliseconds),
    };
  };
}

async function readHistogram(
  target: Target,
): Promise<{ histogram: ClassHistogram; milliseconds: number }> {
  const began = performance.now();
  const histogram = parseClassHistogram(
    await runDiagnosticCommand(target, "GC.class_histogram", HISTOGRAM_SECONDS),
  );
  if (histogram === null) throw new ProfileError(`JVM ${target.pid} gave no class histogram`);
  return { histogram, milliseconds: performance.now() - began };
}

/** What a reader must know: bytes that the heap does not explain. */
export function outsideHeapWarnings({ growth_bytes, rss_growth_bytes }: HeapGrowth): string[] {
  if (rss_growth_bytes === null || rss_growth_bytes < MIN_OUTSIDE_BYTES) return [];
  if (growth_bytes >= rss_growth_bytes / 2) return [];
  return [
    "the process grew more than its live heap: garbage not yet collected, or memory outside the heap (direct " +
    "buffers, threads, metaspace, native libraries): see jvm-native-memory and jvm-class-loaders",
  ];
}
