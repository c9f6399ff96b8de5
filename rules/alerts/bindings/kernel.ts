/** What rules of scope `kernel` see of a sample. */

import type { GrowthReading, GrowthReadings } from "../../../model/growth_reading.ts";
import type { MemoryInfo, Sample } from "../../../model/sample.ts";
import { UNKNOWN_GROWTH } from "../../detector/mod.ts";
import { kernelKeys } from "../../findings/host_series.ts";

export class KernelFacts {
  #sample!: Sample;
  #growthOf: (key: string) => GrowthReading | null = () => null;

  /** `growthOf`: of a series of the detector, over the growth period. */
  use(sample: Sample, growthOf: (key: string) => GrowthReading | null): void {
    this.#sample = sample;
    this.#growthOf = growthOf;
  }

  get growth(): Pick<GrowthReadings, "slab_unreclaimable" | "unaccounted" | "dying_cgroups"> {
    return {
      slab_unreclaimable: this.#growth("slab_unreclaimable"),
      unaccounted: this.#growth("unaccounted"),
      dying_cgroups: this.#growth("dying_cgroups"),
    };
  }

  #growth(series: keyof typeof kernelKeys): GrowthReading {
    return this.#growthOf(kernelKeys[series]) ?? UNKNOWN_GROWTH;
  }

  get slab_bytes() {
    return this.#memory("slab_bytes");
  }
  get slab_unreclaimable_bytes() {
    return this.#memory("slab_unreclaimable_bytes");
  }
  get slab_growth_bytes() {
    return this.#growth("slab_unreclaimable").rise;
  }
  get slab_growth_percent() {
    return 100 * this.#growth("slab_unreclaimable").ratio;
  }
  get unaccounted_bytes() {
    return this.#memory("unaccounted_bytes");
  }
  get unaccounted_growth_bytes() {
    return this.#growth("unaccounted").rise;
  }
  get growth_window_seconds() {
    return this.#growth("unaccounted").window_seconds;
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
    return this.#growth("dying_cgroups").rise;
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
