import type { Sample } from "./sample.ts";

/** A sample in which nothing has been read yet. */
export function emptySample(): Sample {
  return {
    time_seconds: 0,
    wall_seconds: 0,
    discontinuity: false,
    lag_seconds: 0,
    updated: new Set(),
    host: {
      hostname: "",
      kernel_release: "",
      boot_id: "",
      boot_time_seconds: 0,
      uptime_seconds: 0,
      cpu_count: 1,
      page_bytes: 4096,
      is_root: false,
    },
    memory: null,
    vmstat: null,
    pressure: null,
    swap_devices: null,
    zones: null,
    slab_caches: null,
    kernel: null,
    system_descriptors: null,
    shared_memory: null,
    processes: [],
    containers: [],
    units: [],
    engines: [],
    unavailable: [],
    collectors: [],
  };
}
