/** What rules of scope `kernel` see of a sample. */

import type { GrowthReadings } from "../../../model/growth_reading.ts";
import type { MemoryInfo, Sample } from "../../../model/sample.ts";
import { type GrowthClock, GrowthSeries } from "../growth.ts";

export class KernelFacts {
  #sample!: Sample;
  readonly #slab: GrowthSeries;
  readonly #unaccounted: GrowthSeries;
  readonly #cgroups: GrowthSeries;

  constructor(clock: GrowthClock) {
    this.#slab = new GrowthSeries(clock);
    this.#unaccounted = new GrowthSeries(clock);
    this.#cgroups = new GrowthSeries(clock);
  }

  track(sample: Sample): void {
    this.#sample = sample;
    this.#slab.add(this.slab_unreclaimable_bytes);
    // Pages of the swap cache that nobody maps are in no line of /proc/meminfo: they are no growth.
    this.#unaccounted.add(this.unaccounted_bytes - (sample.memory?.swap_cached_bytes ?? 0));
    this.#cgroups.add(this.dying_cgroups);
  }

  get growth(): Pick<GrowthReadings, "slab_unreclaimable" | "unaccounted" | "dying_cgroups"> {
    return {
      slab_unreclaimable: this.#slab.reading,
      unaccounted: this.#unaccounted.reading,
      dying_cgroups: this.#cgroups.reading,
    };
  }

  get slab_bytes() {
    return this.#memory("slab_bytes");
  }
  get slab_unreclaimable_bytes() {
    return this.#memory("slab_unreclaimable_bytes");
  }
  get slab_growth_bytes() {
    return this.#slab.rise;
  }
  get slab_growth_percent() {
    return this.#slab.risePercent;
  }
  get unaccounted_bytes() {
    return this.#memory("unaccounted_bytes");
  }
  get unaccounted_growth_bytes() {
    return this.#unaccounted.rise;
  }
  get growth_window_seconds() {
    return this.#unaccounted.windowSeconds;
  }
  get page_tables_bytes() {
    return this.#memory("page_tables_bytes");
  }
  get kernel_stack_bytes() {
    return this.#memory("kernel_stack_bytes");
  }
  get percpu_bytes() {
    return this.#memory("percpu_bytes");
  }
  get vmalloc_used_bytes() {
    return this.#memory("vmalloc_used_bytes");
  }
  get dying_cgroups() {
    return this.#sample.kernel?.dying_cgroups ?? NaN;
  }
  get dying_cgroups_growth() {
    return this.#cgroups.rise;
  }
  get unusable_order_4_percent() {
    return this.#unusable(4);
  }
  get unusable_order_9_percent() {
    return this.#unusable(9);
  }

  #memory(field: keyof MemoryInfo): number {
    return this.#sample.memory?.[field] ?? NaN;
  }

  /** All zones together, each weighted by its free memory: a small zone full to the brim is no trouble. */
  #unusable(order: number): number {
    let free = 0;
    let unusable = 0;
    for (const zone of this.#sample.zones ?? []) {
      free += zone.free_bytes;
      unusable += zone.free_bytes * (zone.unusable[order] ?? NaN);
    }
    return free > 0 ? 100 * unusable / free : NaN;
  }
}
