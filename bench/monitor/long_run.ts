/**
 * Days of monitoring in minutes: the whole pipeline of `monitor` (real collectors, trends, alerts, logs with rotation and
 * retention, summary) with a clock that does not wait. Tells how leakwatch's own memory went, and what its own detector
 * says of it.
 *
 *     deno run -A bench/monitor/long_run.ts [SAMPLES] [WARM] [PROC] [SYS]
 *
 * 100,000 samples of this machine, judged after the first 5,000, unless told otherwise. Exit code 1 where resident memory
 * grew by 2 MiB or more (the floor of the last quarter over the floor of the first), or is called a leak or growing.
 */

import { Sampler } from "../../collectors/mod.ts";
import type { Clock } from "../../cli/clock.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../../cli/create_pipeline.ts";
import { gcPacing } from "../../cli/gc_pacing.ts";
import { SessionLogger } from "../../cli/monitor/session_logger.ts";
import { loadRules } from "../../cli/rules/load.ts";
import { watch } from "../../cli/sample_loop.ts";
import { classifySeries } from "../../rules/detector/mod.ts";

const MIB = 1024 * 1024;
const INTERVAL = 5;
/** As every process is judged (rules/findings/process_series.ts). */
const MIN_BYTES = 4 * MIB;
const [samples, warm] = [Number(Deno.args[0] ?? 100_000), Number(Deno.args[1] ?? 5_000)];
const roots = { proc: Deno.args[2] ?? "/proc", sys: Deno.args[3] ?? "/sys" };

/** Passes only when slept on; gives timers and compressions their turn now and then. */
class FastClock implements Clock {
  #time = 1_800_000_000;
  #sleeps = 0;
  monotonicSeconds = () => this.#time;
  wallSeconds = () => this.#time;
  sleep = (seconds: number): Promise<void> => {
    this.#time += Math.max(0, seconds);
    return ++this.#sleeps % 20 === 0 ? new Promise((resolve) => setTimeout(resolve)) : Promise.resolve();
  };
}

const directory = Deno.makeTempDirSync({ prefix: "leakwatch-long-run-" });
const sampler = new Sampler({ roots, interval_seconds: INTERVAL });
const pipeline = createPipeline({
  sampler,
  roots,
  rules: await loadRules(undefined),
  confirmations: CONFIRMATIONS_WATCHING,
});
const keeper = new SessionLogger({
  kind: "memory-monitor",
  directory,
  interval_seconds: INTERVAL,
  duration_seconds: null,
  // Early and often: all that a long run does is done while it still warms up.
  rotate_bytes: 2 * MIB,
  retain_bytes: 16 * MIB,
  retain_seconds: 1e9,
  top: 40,
  hide_arguments: false,
  say: (message) => console.error(message),
});

// All of it now: a list that grows would be what it measures.
const resident = new Float64Array(samples);
let taken = 0;
const begin = performance.now();
await watch({
  source: sampler,
  interval_seconds: INTERVAL,
  duration_seconds: (samples - 1) * INTERVAL,
  signal: new AbortController().signal,
  clock: new FastClock(),
  pipeline,
  observers: [keeper, gcPacing(), {
    observe() {
      resident[taken++] = Deno.memoryUsage().rss;
      if (taken % Math.ceil(samples / 20) === 0) {
        console.log(
          `${String(taken).padStart(7)} samples: ${(resident[taken - 1]! / MIB).toFixed(1)} MiB`,
        );
      }
    },
  }],
});
sampler.close();
Deno.removeSync(directory, { recursive: true });

const after = resident.subarray(warm, taken);
// Floors: between two collections garbage comes and goes.
const quarter = Math.ceil(after.length / 4);
const floor = (values: Float64Array) => values.reduce((low, value) => Math.min(low, value));
const growth = floor(after.slice(-quarter)) - floor(after.slice(0, quarter));
const { verdict, evidence } = classifySeries(after.map((_, index) => index * INTERVAL), after, {
  unit: "bytes",
  min_rise: MIN_BYTES,
});
console.log(`${samples} samples in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
console.log(
  `grew by ${
    (growth / MIB).toFixed(2)
  } MiB after the first ${warm}; our own detector: ${verdict} (${evidence})`,
);
// "growing" may be garbage that was not collected before the end: the floor is what tells.
Deno.exit(growth < 2 * MIB && verdict !== "leak" ? 0 : 1);
