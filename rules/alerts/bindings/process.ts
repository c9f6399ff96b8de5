/** What rules of scope `process` see of one process, and what is remembered of each from sample to sample. */

import { processLeakableBytes } from "../../../model/leakable.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import { type GrowthClock, GrowthSeries } from "../growth.ts";

/** One process by identity; another one with the same pid, or an exec, starts anew. */
export class ProcessTrack {
  readonly key: string;
  readonly start_ticks: number;
  readonly growth: GrowthSeries;
  #exec_count: number;

  constructor(process: ProcessSample, clock: GrowthClock) {
    this.key = `${process.pid}:${process.start_ticks}`;
    this.start_ticks = process.start_ticks;
    this.#exec_count = process.exec_count;
    this.growth = new GrowthSeries(clock);
  }

  track(process: ProcessSample): void {
    if (process.exec_count !== this.#exec_count) {
      this.#exec_count = process.exec_count;
      this.growth.reset();
    }
    // A zombie's statm reads zero: that is no release, and no floor.
    this.growth.add(process.state === "Z" ? NaN : processLeakableBytes(process));
  }
}

/** One object for all processes, pointed at each in turn. */
export class ProcessFacts {
  process!: ProcessSample;
  track!: ProcessTrack;
  wall_seconds = 0;
  /** leakwatch itself; scope `self` judges its growth. */
  own_pid = -1;

  get pid() {
    return this.process.pid;
  }
  get service(): string | null {
    return this.process.unit ?? this.process.container?.slice(0, 12) ?? null;
  }
  get name() {
    return this.process.name;
  }
  get user() {
    return this.process.user;
  }
  get unit() {
    return this.process.unit ?? "";
  }
  get container() {
    return this.process.container ?? "";
  }
  get command() {
    return this.process.command ?? "";
  }
  get age_seconds() {
    return this.wall_seconds - this.process.started_at_seconds;
  }
  get rss_bytes() {
    return this.process.rss_bytes;
  }
  get leakable_bytes() {
    return processLeakableBytes(this.process);
  }
  get swap_bytes() {
    return this.process.swap_bytes ?? NaN;
  }
  get threads() {
    return this.process.threads ?? NaN;
  }
  get open_descriptors() {
    return this.process.open_descriptors ?? NaN;
  }
  get descriptor_limit() {
    return this.process.descriptor_limit ?? NaN;
  }
  get descriptors_used_percent() {
    const limit = this.descriptor_limit;
    return limit > 0 ? 100 * this.open_descriptors / limit : NaN;
  }
  get growth_bytes() {
    return this.process.pid === this.own_pid ? NaN : this.track.growth.rise;
  }
  get growth_percent() {
    return this.track.growth.risePercent;
  }
  get growth_window_seconds() {
    return this.track.growth.windowSeconds;
  }
}
