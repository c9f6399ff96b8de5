/** What rules of scope `process` see of one process, and what is remembered of each from sample to sample. */

import { processLeakableBytes } from "../../../model/leakable.ts";
import type { ProcessSample } from "../../../model/sample.ts";
import type { GrowthReading } from "../../../model/growth_reading.ts";
import { UNKNOWN_GROWTH } from "../../detector/mod.ts";

/** One process by identity; another one with the same pid is another. */
export interface ProcessTrack {
  key: string;
  /** Of its memory series in the detector; kept, for it is asked for at each evaluation. */
  series_key: string;
  start_ticks: number;
  exec_count: number;
  /** The last pass that it was part of. */
  pass: number;
}

/** One object for all processes, pointed at each in turn. */
export class ProcessFacts {
  process!: ProcessSample;
  /** Of the process's memory series in the detector, over the growth period; null where it is not watched. */
  growthOf: (seriesKey: string) => GrowthReading | null = () => null;
  track!: ProcessTrack;
  wall_seconds = 0;
  /** leakwatch itself; scope `self` judges its growth. */
  own_pid = -1;

  get growth(): GrowthReading {
    return this.growthOf(this.track.series_key) ?? UNKNOWN_GROWTH;
  }

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
    return this.process.pid === this.own_pid ? NaN : this.growth.rise;
  }
  get growth_percent() {
    return 100 * this.growth.ratio;
  }
  get growth_window_seconds() {
    return this.growth.window_seconds;
  }
}
