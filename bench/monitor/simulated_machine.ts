/** A made-up machine on a made-up clock: programs that come and go, and programs that move but do not leak. */

import { emptyProcess } from "../../model/empty_records.ts";
import { emptySample } from "../../model/empty_sample.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import { Random } from "../detection/synthetic/mod.ts";

const MIB = 2 ** 20;
/** What a mover takes or gives back at once. */
const STEP_BYTES = 65_536;

export interface SimulatedMachineOptions {
  interval_seconds: number;
  /** Processes of which each takes or gives back 64 KiB per sample. */
  moving: number;
  /** Processes that live for one sample, anew in each. */
  short_lived: number;
  /** Leaks of so many bytes a second, one process each. */
  leaks_bytes_per_second?: readonly number[];
  start_seconds?: number;
}

/** One sample object that is updated in place, as the collectors do. */
export class SimulatedMachine {
  readonly sample: Sample = emptySample();
  readonly #options: SimulatedMachineOptions;
  readonly #random = new Random(7);
  readonly #lasting: ProcessSample[];
  readonly #passing: ProcessSample[];
  #nextPid = 100_000;
  #taken = 0;

  constructor(options: SimulatedMachineOptions) {
    this.#options = options;
    const { moving, short_lived, leaks_bytes_per_second: leaks = [] } = options;
    this.#lasting = Array.from({ length: moving + leaks.length }, (_, i) => this.#made(1000 + i));
    this.#passing = Array.from({ length: short_lived }, () => this.#made(0));
    this.sample.processes = [...this.#lasting, ...this.#passing];
    this.sample.host.boot_id = "simulated";
  }

  /** Pids of the processes that leak. */
  get leaking_pids(): number[] {
    return this.#lasting.slice(this.#options.moving).map(({ pid }) => pid);
  }

  /** The next sample, one interval later. */
  next(): Sample {
    const { interval_seconds, moving, leaks_bytes_per_second: leaks = [], start_seconds = 1.8e9 } =
      this.#options;
    this.sample.time_seconds = this.sample.wall_seconds = start_seconds + this.#taken++ * interval_seconds;
    this.#lasting.forEach((process, i) => {
      if (i >= moving) process.anon_bytes += leaks[i - moving]! * interval_seconds;
      // A walk that is drawn back to its level: it moves for ever and leads nowhere.
      else {process.anon_bytes += STEP_BYTES *
          (this.#random.uniform() * 64 * MIB > process.anon_bytes ? 1 : -1);}
      process.rss_bytes = process.anon_bytes + 4 * MIB;
    });
    for (const process of this.#passing) {
      process.pid = this.#nextPid++;
      process.start_ticks = this.#nextPid;
      process.anon_bytes = process.rss_bytes = MIB;
    }
    return this.sample;
  }

  #made(pid: number): ProcessSample {
    const process = emptyProcess(pid, pid);
    return Object.assign(process, {
      name: `program-${pid}`,
      user: "app",
      state: "S",
      anon_bytes: 32 * MIB,
      rss_bytes: 36 * MIB,
      vsz_bytes: 200 * MIB,
      swap_bytes: 0,
      threads: 4,
      open_descriptors: 12,
      cpu_seconds: 0,
      minor_faults: 0,
      started_at_seconds: 1.79e9,
    });
  }
}
