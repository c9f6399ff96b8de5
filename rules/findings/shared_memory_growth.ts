import type { FindingKind, Subject } from "../../model/finding.ts";
import type { Sample } from "../../model/sample.ts";
import {
  SHARED_MEMORY_COLLECTORS,
  type SharedMemoryGrower,
  type SharedMemoryHolding,
} from "../../model/shared_memory_holding.ts";
import { chargedToCgroups, SharedMemoryCharges, sharedMemoryGrowers } from "./shared_memory_growers.ts";

/** Who has taken shared memory since the watch began: by what each process holds, and by what the kernel charges to cgroups. */
export class SharedMemoryGrowth {
  readonly #charges = new SharedMemoryCharges();
  #firstHoldings: SharedMemoryHolding[] | null = null;
  #firstCharges: SharedMemoryHolding[] | null = null;
  #cgroups: Pick<Sample, "units" | "containers"> | null = null;

  observe(sample: Sample): void {
    const { updated, units, containers } = sample;
    // Thousands of files may lie in /dev/shm: they are gone through when they were read anew.
    if (updated.size > 0 && !SHARED_MEMORY_COLLECTORS.some((name) => updated.has(name))) return;
    this.#charges.observe(sample);
    this.#cgroups = { units, containers };
    if (units.length > 0) this.#firstCharges ??= chargedToCgroups(sample);
    if (sample.shared_memory) this.#firstHoldings ??= this.#charges.holdings();
  }

  /** Who took the `rise` of a series, where that is seen, the largest first; empty for kinds that are no shared memory. */
  growers(kind: FindingKind, { name }: Subject, rise: number): SharedMemoryGrower[] {
    if (kind === "tmpfs" || (kind === "shared-memory" && name === "Shmem")) return this.#cgroupGrowers(rise);
    const total = kind === "shared-memory" &&
      (["memfd", "POSIX", "System V"] as const).find((each) => each === name);
    return total && this.#firstHoldings
      ? sharedMemoryGrowers(this.#firstHoldings, this.#charges.holdings(), total)
      : [];
  }

  /** The kernel charges a tmpfs's pages to the cgroup that touched them first, whatever the mount: named where the amount fits. */
  #cgroupGrowers(rise: number): SharedMemoryGrower[] {
    if (this.#firstCharges === null || this.#cgroups === null) return [];
    const growers = sharedMemoryGrowers(this.#firstCharges, chargedToCgroups(this.#cgroups), "Shmem");
    const grown = growers[0]?.grown_bytes ?? 0;
    return grown > rise / 2 && grown < rise * 2 ? growers : [];
  }
}
