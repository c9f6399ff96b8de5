/**
 * What the alert rules cost: CPU per sample with all built-in rules, and the heap after many samples.
 *
 *     deno task bench:alerts
 */

import process from "node:process";
import { AlertEngine } from "../../rules/alerts/engine.ts";
import { builtinRules } from "../../rules/alerts/parse.ts";
import { LeakDetector } from "../../rules/findings/mod.ts";
import {
  makeContainer,
  makeMemory,
  makeProcess,
  makeSample,
  MiB,
  START,
} from "../../test/rules/alerts/make.ts";

const SAMPLES = 2000;

/** CPU time, not the clock: other programs may be busy meanwhile. Garbage collection counts. */
function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function heapMiB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().heapUsed / MiB;
}

console.log(
  "| processes | alerts active | CPU µs per sample | heap after 500 samples, MiB | after all, MiB |",
);
console.log("| --- | --- | --- | --- | --- |");
for (const [count, bad] of [[200, 0], [1000, 0], [1000, 50], [3000, 0]] as const) {
  const engine = new AlertEngine(builtinRules()), detector = new LeakDetector();
  const processes = Array.from(
    { length: count },
    (_, index) => makeProcess(index + 1, index < bad ? { open_descriptors: 1000 } : {}),
  );
  const containers = Array.from(
    { length: 20 },
    (_, index) => makeContainer({ id: `${index}`.padStart(12, "0") }),
  );
  const sample = makeSample(START, { memory: makeMemory(50), processes, containers });
  let microseconds = 0;
  let early = 0;
  for (let step = 0; step < SAMPLES; step++) {
    sample.time_seconds = sample.wall_seconds = START + step;
    // Everybody breathes; one process in a hundred is replaced each second.
    for (const process of processes) process.anon_bytes = 8 * MiB + Math.random() * MiB;
    for (let k = bad; k < count; k += 100) processes[k]!.start_ticks++;
    detector.observe(sample);
    const begin = cpuMicroseconds();
    engine.evaluate({
      sample,
      findings: [],
      growth: detector,
      log_errors: [],
      sink_errors: [],
      own: { rss_bytes: 5e7, cpu_seconds: 1 },
    });
    if (step >= 500) microseconds += cpuMicroseconds() - begin;
    else if (step === 499) early = heapMiB();
  }
  const cost = microseconds / (SAMPLES - 500);
  console.log(
    `| ${count} | ${engine.active().length} | ${cost.toFixed(0)} | ${early.toFixed(1)} | ${
      heapMiB().toFixed(1)
    } |`,
  );
}
