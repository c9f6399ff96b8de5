/** Metrics of the whole machine. */

import type { PressureInfo, Sample } from "../../../model/sample.ts";
import type { MetricsRegistry } from "./registry.ts";

/** Orders whose fragmentation hurts: 64 KiB at once, and a huge page of 2 MiB. */
const ORDERS = [4, 9];

export function machineMetrics(registry: MetricsRegistry, sample: Sample): void {
  const { memory, vmstat, system_descriptors, kernel, zones } = sample;
  if (memory) {
    registry.set("leakwatch_memory_total_bytes", "MemTotal", memory.total_bytes);
    registry.set("leakwatch_memory_available_bytes", "MemAvailable", memory.available_bytes);
    registry.set("leakwatch_memory_free_bytes", "MemFree", memory.free_bytes);
    registry.set("leakwatch_memory_buffers_bytes", "Buffers", memory.buffers_bytes);
    registry.set("leakwatch_memory_cached_bytes", "Cached", memory.cached_bytes);
    registry.set("leakwatch_memory_anon_bytes", "AnonPages", memory.anon_bytes);
    registry.set("leakwatch_memory_shmem_bytes", "Shmem", memory.shmem_bytes);
    registry.set("leakwatch_memory_slab_bytes", "Slab", memory.slab_bytes);
    registry.set("leakwatch_memory_slab_unreclaimable_bytes", "SUnreclaim", memory.slab_unreclaimable_bytes);
    registry.set("leakwatch_memory_page_tables_bytes", "PageTables", memory.page_tables_bytes);
    registry.set("leakwatch_memory_kernel_stack_bytes", "KernelStack", memory.kernel_stack_bytes);
    registry.set("leakwatch_memory_percpu_bytes", "Percpu", memory.percpu_bytes);
    registry.set("leakwatch_memory_vmalloc_used_bytes", "VmallocUsed", memory.vmalloc_used_bytes);
    registry.set("leakwatch_memory_unaccounted_bytes", "Memory that no line names", memory.unaccounted_bytes);
    registry.set("leakwatch_swap_total_bytes", "SwapTotal", memory.swap_total_bytes);
    registry.set("leakwatch_swap_free_bytes", "SwapFree", memory.swap_free_bytes);
  }
  if (vmstat) {
    registry.set("leakwatch_swap_in_bytes_total", "Read back from swap since boot", vmstat.swap_in_bytes);
    registry.set("leakwatch_swap_out_bytes_total", "Written to swap since boot", vmstat.swap_out_bytes);
    registry.set(
      "leakwatch_oom_kills_total",
      "Processes killed out of memory since boot",
      vmstat.oom_kills,
    );
  }
  registry.set("leakwatch_processes", "Processes in the newest sample", sample.processes.length);
  const zombies = sample.processes.filter((process) => process.state === "Z").length;
  registry.set("leakwatch_zombies", "Processes that ended and were not waited for", zombies);
  if (system_descriptors) {
    registry.set(
      "leakwatch_descriptors_allocated",
      "Open files of the whole system",
      system_descriptors.allocated,
    );
    registry.set(
      "leakwatch_descriptors_limit",
      "Most open files that the system allows",
      system_descriptors.limit,
    );
  }
  registry.set("leakwatch_dying_cgroups", "Deleted cgroups that still hold memory", kernel?.dying_cgroups);
  pressureMetrics(registry, sample.pressure);
  for (const { node, zone, free_bytes, unusable } of zones ?? []) {
    registry.set("leakwatch_zone_free_bytes", "Free memory of a zone", free_bytes, { node, zone });
    for (const order of ORDERS) {
      registry.set(
        "leakwatch_fragmentation_unusable_ratio",
        "Share of free memory that cannot serve an allocation of the order",
        unusable[order],
        { node, zone, order },
      );
    }
  }
}

function pressureMetrics(registry: MetricsRegistry, pressure: PressureInfo | null): void {
  for (const resource of ["memory", "cpu", "io"] as const) {
    for (const share of ["some", "full"] as const) {
      const microseconds = pressure?.[resource]?.[share]?.total_microseconds;
      registry.set(
        "leakwatch_pressure_stalled_seconds_total",
        "Time in which some task, or every task, waited for the resource",
        microseconds === undefined ? null : microseconds / 1e6,
        { resource, share },
      );
    }
  }
}
