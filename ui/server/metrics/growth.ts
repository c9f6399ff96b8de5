/**
 * Growth of the kernel's memory and of leakwatch itself, as the alert rules judge it: a rule in Prometheus is then a comparison.
 * Made there from raw samples (`offset` of two thirds of the period) it stays silent for 40 to 60 minutes and disagrees.
 */

import type { GrowthReadings } from "../../../model/growth_reading.ts";
import type { MetricsRegistry } from "./registry.ts";

export function growthMetrics(registry: MetricsRegistry, growth: GrowthReadings | undefined): void {
  if (!growth) return;
  const { slab_unreclaimable: slab, unaccounted, dying_cgroups, own } = growth;
  registry.set(
    "leakwatch_memory_slab_unreclaimable_growth_bytes",
    "Growth of SUnreclaim that stayed",
    slab.rise,
  );
  registry.set("leakwatch_memory_slab_unreclaimable_growth_ratio", "The same, of its old floor", slab.ratio);
  registry.set(
    "leakwatch_memory_unaccounted_growth_bytes",
    "Growth of memory that no line names that stayed",
    unaccounted.rise,
  );
  registry.set("leakwatch_dying_cgroups_growth", "Growth of dying cgroups that stayed", dying_cgroups.rise);
  registry.set(
    "leakwatch_growth_window_seconds",
    "How long growth of the kernel has been watched",
    unaccounted.window_seconds,
  );
  registry.set("leakwatch_own_growth_bytes", "Growth of leakwatch that stayed", own.rise);
  registry.set("leakwatch_own_growth_ratio", "The same, of its old floor", own.ratio);
}
