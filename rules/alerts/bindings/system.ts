/** What rules of scope `system` see of a sample. */

import type { ProcessSample, Sample } from "../../../model/sample.ts";
import { CounterRate, CounterStep, SlidingChange } from "../rate.ts";

/** Falling memory is looked at over this long. */
const AVAILABLE_SECONDS = 600;

const share = (part: number, whole: number) => whole > 0 ? 100 * part / whole : NaN;

export class SystemFacts {
  #sample!: Sample;
  readonly #swapIn = new CounterRate();
  readonly #swapOut = new CounterRate();
  readonly #memorySome = new CounterRate();
  readonly #memoryFull = new CounterRate();
  readonly #ioSome = new CounterRate();
  readonly #oomKills = new CounterStep();
  readonly #available = new SlidingChange(AVAILABLE_SECONDS);
  #zombies = NaN;
  #top: ProcessSample | null | undefined;

  track(sample: Sample): void {
    this.#sample = sample;
    this.#zombies = NaN;
    this.#top = undefined;
    const { time_seconds: time, discontinuity: gap, vmstat, pressure } = sample;
    if (gap) this.#available.clear();
    if (sample.memory) this.#available.add(time, sample.memory.available_bytes);
    this.#swapIn.add(time, vmstat?.swap_in_bytes ?? null, gap);
    this.#swapOut.add(time, vmstat?.swap_out_bytes ?? null, gap);
    this.#memorySome.add(time, pressure?.memory?.some.total_microseconds ?? null, gap);
    this.#memoryFull.add(time, pressure?.memory?.full?.total_microseconds ?? null, gap);
    this.#ioSome.add(time, pressure?.io?.some.total_microseconds ?? null, gap);
    this.#oomKills.add(vmstat?.oom_kills ?? null);
  }

  get memory_total_bytes() {
    return this.#sample.memory?.total_bytes ?? NaN;
  }
  get memory_available_bytes() {
    return this.#sample.memory?.available_bytes ?? NaN;
  }
  get memory_available_percent() {
    return share(this.memory_available_bytes, this.memory_total_bytes);
  }
  get memory_available_change_bytes() {
    return this.#available.change;
  }
  get memory_used_bytes() {
    return this.memory_total_bytes - this.memory_available_bytes;
  }
  get memory_used_percent() {
    return share(this.memory_used_bytes, this.memory_total_bytes);
  }
  get swap_total_bytes() {
    return this.#sample.memory?.swap_total_bytes ?? NaN;
  }
  get swap_used_bytes() {
    const memory = this.#sample.memory;
    return memory ? memory.swap_total_bytes - memory.swap_free_bytes : NaN;
  }
  get swap_used_percent() {
    return share(this.swap_used_bytes, this.swap_total_bytes);
  }
  get swap_in_bytes_per_second() {
    return this.#swapIn.per_second;
  }
  get swap_out_bytes_per_second() {
    return this.#swapOut.per_second;
  }
  // Microseconds of stall per second, as percent of the time.
  get memory_pressure_percent() {
    return this.#memorySome.per_second / 1e4;
  }
  get memory_stall_percent() {
    return this.#memoryFull.per_second / 1e4;
  }
  get io_pressure_percent() {
    return this.#ioSome.per_second / 1e4;
  }
  get oom_kills_new() {
    return this.#oomKills.gained;
  }
  get processes() {
    return this.#sample.processes.length;
  }
  get zombies() {
    if (Number.isNaN(this.#zombies)) {
      this.#zombies = 0;
      for (const process of this.#sample.processes) if (process.state === "Z") this.#zombies++;
    }
    return this.#zombies;
  }
  get zombie_parents() {
    const parents = new Set<number>();
    for (const process of this.#sample.processes) if (process.state === "Z") parents.add(process.ppid);
    const names = [...parents].slice(0, 3).map((pid) =>
      `${this.#sample.processes.find((process) => process.pid === pid)?.name ?? "?"} (${pid})`
    );
    return names.join(", ") + (parents.size > 3 ? ` and ${parents.size - 3} more` : "");
  }
  get descriptors() {
    return this.#sample.system_descriptors?.allocated ?? NaN;
  }
  get descriptors_used_percent() {
    const descriptors = this.#sample.system_descriptors;
    return descriptors ? share(descriptors.allocated, descriptors.limit) : NaN;
  }
  get top_process() {
    const top = this.#topProcess();
    return top ? `${top.name} (${top.pid})` : "unknown";
  }
  get top_process_bytes() {
    return this.#topProcess()?.rss_bytes ?? NaN;
  }
  get uptime_seconds() {
    return this.#sample.host.uptime_seconds;
  }

  #topProcess(): ProcessSample | null {
    if (this.#top === undefined) {
      this.#top = this.#sample.processes.reduce<ProcessSample | null>(
        (top, process) => top === null || process.rss_bytes > top.rss_bytes ? process : top,
        null,
      );
    }
    return this.#top;
  }
}
