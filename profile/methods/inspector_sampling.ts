/** inspector-sampling: Node and Deno, through V8's sampling heap profiler. */

import { ProfileError } from "../errors.ts";
import { measureGrowth } from "../growth.ts";
import { findClusterWorkers, MAX_CLUSTER_WORKERS } from "../inspector/cluster.ts";
import { listHeaps, MAX_WORKERS } from "../inspector/heaps.ts";
import { connectInspector, openInspector } from "../inspector/open.ts";
import { type HeapSample, prepareHeap } from "../inspector/sample_heap.ts";
import type { Method, RunOptions } from "../method.ts";
import { makeResult, type ProfileResult } from "../result.ts";
import { assertSame, type Target } from "../target.ts";
import { formatBytes } from "../../model/format.ts";
import { describeInspector, INSPECTOR_CONVERSATION } from "./inspector_offer.ts";

export const inspectorSampling: Method = {
  name: "inspector-sampling",
  title: "which line of JavaScript allocates what stays alive",
  rank: 10,
  connects: true,
  appliesTo: ({ runtime }) => runtime === "node" || runtime === "deno",
  describe: (target, seconds) =>
    describeInspector(target, {
      consent: 1,
      pause:
        "two full garbage collections where the heap is below 256 MiB (about 1 ms per MiB), else below 0.1 s",
      slowdown: "not measurable",
      commands: [
        "HeapProfiler.enable, collectGarbage, startSampling {samplingInterval: 32768}, for each worker thread too",
        `wait ${seconds} s`,
        "HeapProfiler.collectGarbage, getSamplingProfile, stopSampling, disable",
      ],
    }),
  async run(target, options) {
    const workers = findClusterWorkers(target);
    const chosen = [target, ...workers.slice(0, MAX_CLUSTER_WORKERS)];
    const results: ProfileResult[] = [];
    const errors: ProfileError[] = [];
    // One at a time: all want the same port.
    for (const process of chosen) {
      if (options.signal.aborted && results.length > 0) break;
      try {
        results.push(...await sampleProcess(process, target, options));
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
        errors.push(error);
      }
    }
    if (results.length === 0) throw errors[0] ?? new ProfileError("nothing was sampled");
    results[0]!.warnings.push(...errors.map(({ message }) => message));
    if (workers.length > MAX_CLUSTER_WORKERS) {
      results[0]!.warnings.push(
        `only ${MAX_CLUSTER_WORKERS} of ${workers.length} cluster workers were sampled`,
      );
    }
    return results;
  },
};

async function sampleProcess(process: Target, asked: Target, options: RunOptions): Promise<ProfileResult[]> {
  const { inspector, opened } = await openInspector(process, options.undo);
  try {
    const client = await connectInspector(process, inspector, options.max_bytes);
    try {
      const heaps = await listHeaps(client);
      options.progress(
        `sampling ${heaps.length > 1 ? `${heaps.length} heaps` : "the heap"} of ${process.pid}`,
      );
      const ready = await Promise.all(heaps.map(prepareHeap));
      const growth = measureGrowth(process);
      const samples = await Promise.all(ready.map((sample) => sample(options.seconds, options.signal)));
      assertSame(process);
      const grown = growth().growth_bytes;
      const cluster = process === asked ? null : `cluster worker ${process.pid}`;
      return samples.map((sample, at) => {
        const part = [cluster, heaps[at]!.name].filter((name) => name !== null).join(", ") || null;
        return toResult(
          process,
          part,
          sample,
          at === 0 ? rest(samples, grown) : null,
          opened !== null,
          heaps.length,
        );
      });
    } finally {
      client.close();
    }
  } finally {
    if (opened !== null) await options.undo.perform(opened);
  }
}

/** Growth of the process when most of it lies outside the JavaScript heaps; null when the heaps account for it. */
function rest(samples: readonly HeapSample[], grown: number | null): number | null {
  const heaps = samples.reduce((sum, sample) => sum + Math.max(0, sample.heap_growth_bytes), 0);
  return grown !== null && grown >= MIN_OUTSIDE_BYTES && heaps < grown / 2 ? grown : null;
}

/** Less may be the collector keeping pages in reserve. */
const MIN_OUTSIDE_BYTES = 4 << 20;

function toResult(
  process: Target,
  part: string | null,
  sample: HeapSample,
  outside: number | null,
  isOpened: boolean,
  heaps: number,
): ProfileResult {
  const growth_bytes = outside ?? sample.heap_growth_bytes;
  const warnings = [...sample.warnings];
  if (outside !== null) {
    warnings.push(
      `the process grew by ${formatBytes(outside)}, its JavaScript heap by ${
        formatBytes(Math.max(0, sample.heap_growth_bytes))
      }: most of it is outside the heap (Buffers, native modules), where sampling sees no line`,
    );
  }
  if (sample.external_growth_bytes !== null && sample.external_growth_bytes >= MIN_OUTSIDE_BYTES) {
    warnings.push(`Buffers and other external memory grew by ${formatBytes(sample.external_growth_bytes)}`);
  }
  if (heaps > MAX_WORKERS) warnings.push(`only ${MAX_WORKERS} worker threads were sampled`);
  return makeResult(inspectorSampling.name, process, {
    seconds: sample.seconds,
    part,
    growth_bytes,
    growth_source: outside === null ? "heap" : "rss",
    meaning: "live-sampled",
    sites: sample.sites,
    cost: {
      pause_ms: Math.round(sample.pause_ms),
      slowdown: null,
      left_behind: isOpened ? [INSPECTOR_CONVERSATION] : [],
    },
    warnings,
  });
}
