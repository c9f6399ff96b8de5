/** What the tables of the whole machine need from one sample, beyond the sample itself: who leads, and rates. */

import type { MemoryInfo, ProcessSample, Sample, VmstatInfo } from "../model/sample.ts";

/** Updated in place, like the sample. */
export interface Moment {
  sample: Sample;
  top_memory: ProcessSample | null;
  top_swap: ProcessSample | null;
  /** null at the first sample and after a gap. */
  swap_in_bytes_per_second: number | null;
  swap_out_bytes_per_second: number | null;
  /** The first sample's memory: what growth is measured against. */
  baseline: MemoryInfo | null;
}

export const usedBytes = (memory: MemoryInfo): number => memory.total_bytes - memory.available_bytes;

/** Follows the samples of one session. */
export class MomentTracker {
  readonly #moment: Moment;
  #lastTime = 0;
  #last: Pick<VmstatInfo, "swap_in_bytes" | "swap_out_bytes"> | null = null;

  constructor(sample: Sample) {
    this.#moment = {
      sample,
      top_memory: null,
      top_swap: null,
      swap_in_bytes_per_second: null,
      swap_out_bytes_per_second: null,
      baseline: null,
    };
  }

  observe(sample: Sample): Moment {
    const moment = this.#moment;
    moment.sample = sample;
    if (sample.memory && !moment.baseline) moment.baseline = { ...sample.memory };
    moment.top_memory = null;
    moment.top_swap = null;
    for (const process of sample.processes) {
      if (process.rss_bytes > (moment.top_memory?.rss_bytes ?? 0)) moment.top_memory = process;
      if ((process.swap_bytes ?? 0) > (moment.top_swap?.swap_bytes ?? 0)) moment.top_swap = process;
    }
    this.#rates(sample);
    return moment;
  }

  #rates(sample: Sample): void {
    const { vmstat } = sample;
    const seconds = sample.time_seconds - this.#lastTime;
    const rate = (now: number, before: number) =>
      seconds > 0 && now >= before ? (now - before) / seconds : null;
    const last = sample.discontinuity ? null : this.#last;
    this.#moment.swap_in_bytes_per_second = vmstat && last && rate(vmstat.swap_in_bytes, last.swap_in_bytes);
    this.#moment.swap_out_bytes_per_second = vmstat && last &&
      rate(vmstat.swap_out_bytes, last.swap_out_bytes);
    this.#last = vmstat &&
      { swap_in_bytes: vmstat.swap_in_bytes, swap_out_bytes: vmstat.swap_out_bytes };
    this.#lastTime = sample.time_seconds;
  }
}
