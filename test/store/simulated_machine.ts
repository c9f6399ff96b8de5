/** A busy machine to record without having one: large processes that never rest, small ones that come and go. */

import type { ProcessSample, Sample } from "../../model/sample.ts";
import { fullSample, MIB, processSample } from "./samples.ts";

/** A random sequence that is the same each time (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** 120 characters, as services have them; every tenth has 3,000, as Java has them. */
const command = (pid: number): string =>
  `/usr/lib/service-${pid}/bin/server --listen 0.0.0.0:${8000 + pid} --config "/etc/service, ${pid}" `.padEnd(
    pid % 10 === 0 ? 3000 : 120,
    "--option=value ",
  );

export class SimulatedMachine {
  readonly sample: Sample = fullSample();
  readonly #random = random(1);
  readonly #interval: number;
  #nextPid = 100_000;
  #pass = 0;

  constructor(processes: number, intervalSeconds: number) {
    this.#interval = intervalSeconds;
    this.sample.containers = [];
    this.sample.processes = Array.from({ length: processes }, (_, index) => {
      const pid = 1000 + index;
      // As on real machines: a few large ones, many small ones.
      const rss = 2000 * MIB / (1 + index);
      return processSample({
        pid,
        name: `service-${pid}`,
        command: command(pid),
        rss_bytes: rss,
        anon_bytes: rss * 0.8,
        vsz_bytes: rss * 5,
      });
    });
  }

  /** The next sample: every process moves a little, one in a hundred jumps, five end and five start. */
  next(): Sample {
    const { sample } = this;
    const random = this.#random;
    sample.time_seconds += this.#interval;
    sample.wall_seconds += this.#interval;
    sample.updated = this.#pass++ % 12 === 0 ? ALL : MOST;
    for (const process of sample.processes) {
      const change = (random() - 0.5) * (random() < 0.01 ? 0.5 : 0.01);
      process.rss_bytes = Math.max(MIB, process.rss_bytes * (1 + change));
      process.anon_bytes = process.rss_bytes * 0.8;
      process.open_descriptors = Math.max(3, process.open_descriptors! + Math.round((random() - 0.5) * 4));
    }
    for (let each = 0; each < 5; each++) {
      const index = Math.floor(random() * sample.processes.length);
      const old = sample.processes[index]!;
      sample.processes[index] = this.#successor(old);
    }
    return sample;
  }

  #successor(old: ProcessSample): ProcessSample {
    const pid = this.#nextPid++;
    return { ...old, pid, start_ticks: pid, name: `service-${pid}`, command: command(pid) };
  }
}

const MOST = new Set(["meminfo", "vmstat", "pressure", "processes"]);
const ALL = new Set([...MOST, "buddyinfo", "slabinfo"]);
