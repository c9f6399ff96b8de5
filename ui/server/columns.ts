/** The machine's own series: one line each, read from a sample. */

import type { Sample } from "../../model/sample.ts";
import { compose } from "./composition.ts";
import type { Composition } from "./api.ts";

export interface MachineColumn {
  name: string;
  /** `rate`: the value is a counter, shown as its growth per second times `scale`. */
  kind: "level" | "rate";
  scale?: number;
  read(sample: Sample, composition: Composition | null): number | null | undefined;
}

const level = (name: string, read: MachineColumn["read"]): MachineColumn => ({ name, kind: "level", read });
const rate = (name: string, read: MachineColumn["read"], scale = 1): MachineColumn => ({
  name,
  kind: "rate",
  scale,
  read,
});
/** A part of the composition under its own name. */
const part = (name: keyof Composition): MachineColumn => level(name, (_, composition) => composition?.[name]);

/** Stall microseconds per second, as a percentage of the time. */
const STALL = 1e-4;

/** What the overview draws. */
const OVERVIEW_COLUMNS: readonly MachineColumn[] = [
  part("programs_bytes"),
  part("shared_bytes"),
  part("cache_bytes"),
  part("slab_bytes"),
  part("kernel_bytes"),
  part("unaccounted_bytes"),
  part("free_bytes"),
  part("available_bytes"),
  part("swap_used_bytes"),
  rate("pressure_some_percent", (sample) => sample.pressure?.memory?.some.total_microseconds, STALL),
  rate("pressure_full_percent", (sample) => sample.pressure?.memory?.full?.total_microseconds, STALL),
  rate("swap_in_bytes_per_second", (sample) => sample.vmstat?.swap_in_bytes),
  rate("swap_out_bytes_per_second", (sample) => sample.vmstat?.swap_out_bytes),
];

export const MACHINE_COLUMNS: readonly MachineColumn[] = [
  ...OVERVIEW_COLUMNS,
  level("slab_reclaimable_bytes", (sample) => sample.memory?.slab_reclaimable_bytes),
  level("slab_unreclaimable_bytes", (sample) => sample.memory?.slab_unreclaimable_bytes),
  level("page_tables_bytes", (sample) => sample.memory?.page_tables_bytes),
  level("kernel_stack_bytes", (sample) => sample.memory?.kernel_stack_bytes),
  level("percpu_bytes", (sample) => sample.memory?.percpu_bytes),
  level("vmalloc_used_bytes", (sample) => sample.memory?.vmalloc_used_bytes),
  level("open_files", (sample) => sample.system_descriptors?.allocated),
  level("dying_cgroups", (sample) => sample.kernel?.dying_cgroups),
];

export const MACHINE_COLUMN_NAMES: readonly string[] = MACHINE_COLUMNS.map((column) => column.name);
export const OVERVIEW_COLUMN_NAMES: readonly string[] = OVERVIEW_COLUMNS.map((column) => column.name);

/** Reads all columns of one sample; counters become rates against the sample before. */
export class ColumnReader {
  readonly #values = new Float64Array(MACHINE_COLUMNS.length);
  readonly #counters = new Float64Array(MACHINE_COLUMNS.length).fill(NaN);
  #time = NaN;

  /** The same array at every call; NaN where nothing was read, and for rates after a gap. */
  read(sample: Sample): Float64Array {
    const composition = compose(sample.memory);
    const seconds = sample.discontinuity ? NaN : sample.time_seconds - this.#time;
    MACHINE_COLUMNS.forEach((column, i) => {
      const value = column.read(sample, composition) ?? NaN;
      if (column.kind === "level") {
        this.#values[i] = value;
      } else {
        const growth = value - this.#counters[i]!;
        // A counter that went back was reset.
        this.#values[i] = growth >= 0 && seconds > 0 ? (growth / seconds) * column.scale! : NaN;
        this.#counters[i] = value;
      }
    });
    this.#time = sample.time_seconds;
    return this.#values;
  }
}
