/**
 * Whether the memory of a watch is bounded: days and weeks of a made-up machine (simulated_machine.ts) go through detector, alert
 * rules and logs by a clock that does not wait.
 *
 *     deno run -A bench/monitor/simulated_weeks.ts [DAYS=1] [INTERVAL_SECONDS=30] [MOVING=200] [SHORT_LIVED=100]
 *
 * Exit code 1 where resident memory rose by more than 4 MiB after the first hour (lowest of the last sixth over the lowest of the
 * first), or the series outgrew their budget.
 */

import { CONFIRMATIONS_WATCHING, createPipeline } from "../../cli/create_pipeline.ts";
import { gcPacing } from "../../cli/gc_pacing.ts";
import { SessionLogger } from "../../cli/monitor/session_logger.ts";
import { loadRules } from "../../cli/rules/load.ts";
import { observeAll } from "../../cli/sample_loop.ts";
import type { Sample } from "../../model/sample.ts";
import { SimulatedMachine } from "./simulated_machine.ts";

const MIB = 2 ** 20, HOUR = 3600, MAX_RISE_BYTES = 4 * MIB;
const [days = 1, interval_seconds = 30, moving = 200, short_lived = 100] = Deno.args.map(Number);
const machine = new SimulatedMachine({ interval_seconds, moving, short_lived });
const samples = Math.round(days * 24 * HOUR / interval_seconds);
const directory = Deno.makeTempDirSync({ prefix: "leakwatch-simulated-" });
const pipeline = createPipeline({
  sampler: machine,
  roots: null,
  rules: await loadRules(undefined),
  confirmations: CONFIRMATIONS_WATCHING,
});
const logger = new SessionLogger({
  kind: "memory-monitor",
  directory,
  interval_seconds,
  duration_seconds: null,
  rotate_bytes: 2 * MIB,
  retain_bytes: 8 * MIB,
  retain_seconds: 1e9,
  top: 40,
  hide_arguments: false,
  say: (message) => console.error(message),
});

async function* taken(): AsyncGenerator<Sample> {
  for (let k = 0; k < samples; k++) {
    yield machine.next();
    // Timers and compressions have their turn.
    if (k % 20 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
}

const resident = new Float64Array(samples);
let count = 0, largest = 0;
await observeAll(taken(), {
  pipeline,
  observers: [logger, gcPacing(), {
    observe() {
      resident[count++] = Deno.memoryUsage().rss;
      largest = Math.max(largest, pipeline.detector.use.used_bytes);
      if (count % Math.ceil(samples / 12) === 0) {
        const { series, used_bytes, coarsened } = pipeline.detector.use;
        console.log(
          `${(count * interval_seconds / HOUR).toFixed(1).padStart(6)} h: ${
            (resident[count - 1]! / MIB).toFixed(1)
          } MiB resident, ${series} series in ${(used_bytes / MIB).toFixed(2)} MiB, ${coarsened} coarsened`,
        );
      }
    },
  }],
});
Deno.removeSync(directory, { recursive: true });

const after = resident.subarray(Math.min(samples >> 1, Math.ceil(HOUR / interval_seconds)), count);
const part = Math.ceil(after.length / 6);
const lowest = (values: Float64Array) => values.reduce((low, value) => Math.min(low, value));
const rise = lowest(after.subarray(-part)) - lowest(after.subarray(0, part));
const { budget_bytes, refused } = pipeline.detector.use;
console.log(
  `${samples} samples: resident memory ${rise < 0 ? "fell" : "rose"} by ${
    (Math.abs(rise) / MIB).toFixed(1)
  } MiB after the first hour; series took ${(largest / MIB).toFixed(2)} of ${
    budget_bytes / MIB
  } MiB at most, ` +
    `${refused} found no place`,
);
Deno.exit(rise <= MAX_RISE_BYTES && largest <= budget_bytes ? 0 : 1);
