/**
 * What a watch allocates per sample, by function: garbage that the collector has to find again.
 *
 *     deno run --allow-all bench/monitor/allocations.ts [SAMPLES=60] [SKIPPED=20]
 *
 * Watches this machine at one sample a second, logs included, as `monitor 0 1` does; give it processes to look at by moving.c.
 * V8's sampling heap profiler counts what was allocated, whether it is still alive or not, from the sample SKIPPED on.
 */

import inspector from "node:inspector";
import { Sampler } from "../../collectors/mod.ts";
import { rootsAt } from "../../collectors/roots.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../../cli/create_pipeline.ts";
import { SessionLogger } from "../../cli/monitor/session_logger.ts";
import { loadRules } from "../../cli/rules/load.ts";
import { watch } from "../../cli/sample_loop.ts";

const KIB = 1024, ROWS = 25;
const [samples = 60, skipped = 20] = Deno.args.map(Number);
const directory = Deno.makeTempDirSync({ prefix: "leakwatch-allocations-" });
const roots = rootsAt("/proc", "/sys");
const sampler = new Sampler({ roots, interval_seconds: 1 });
const rules = await loadRules();
const pipeline = createPipeline({ sampler, roots, rules, confirmations: CONFIRMATIONS_WATCHING });
const logger = new SessionLogger({
  kind: "memory-monitor",
  directory,
  interval_seconds: 1,
  duration_seconds: null,
  rotate_bytes: 64 * KIB ** 2,
  retain_bytes: KIB ** 3,
  retain_seconds: 1e9,
  top: 40,
  hide_arguments: false,
  say: (message) => console.error(message),
});

interface ProfileNode {
  callFrame: { functionName: string; url: string; lineNumber: number };
  selfSize: number;
  children: ProfileNode[];
}

const session = new inspector.Session();
session.connect();
function post<T>(method: string, parameters?: object): Promise<T> {
  return new Promise((resolve, reject) =>
    session.post(method, parameters, (error, result) => error ? reject(error) : resolve(result as T))
  );
}

let taken = 0;
const profiler = {
  async observe() {
    if (++taken !== skipped) return;
    await post("HeapProfiler.startSampling", {
      samplingInterval: 4 * KIB,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
  },
};
await sampler.prepare();
await watch({
  source: sampler,
  interval_seconds: 1,
  duration_seconds: samples - 1,
  signal: new AbortController().signal,
  pipeline,
  observers: [logger, profiler],
});
const { profile } = await post<{ profile: { head: ProfileNode } }>("HeapProfiler.stopSampling");
sampler.close();
Deno.removeSync(directory, { recursive: true });

const bytes = new Map<string, number>();
let total = 0;
/** Each function's own bytes. */
function add({ callFrame, selfSize, children }: ProfileNode): void {
  const file = callFrame.url.split("/").slice(-2).join("/");
  const key = `${callFrame.functionName || "(anonymous)"} ${file}:${callFrame.lineNumber + 1}`;
  bytes.set(key, (bytes.get(key) ?? 0) + selfSize);
  total += selfSize;
  children.forEach(add);
}
add(profile.head);

const perSample = (each: number) => (each / KIB / (taken - skipped)).toFixed(1);
console.log(`${perSample(total)} KiB per sample, ${pipeline.detector.use.series} series`);
for (const [key, each] of [...bytes].sort((a, b) => b[1] - a[1]).slice(0, ROWS)) {
  console.log(`${perSample(each).padStart(8)}  ${key}`);
}
Deno.exit(0); // the inspector's session keeps the loop alive
