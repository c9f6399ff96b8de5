/**
 * The names under which `/metrics` shows what leakwatch measures, and which `rules --export prometheus` writes rules over.
 *
 * They follow node_exporter and the Prometheus naming guide: base units, `_total` for counters. The server may not import
 * values from here; it repeats the table as `const NAMES: typeof METRIC_NAMES`, so that a difference is a type error.
 */
export const METRIC_NAMES = {
  // Machine; no labels.
  memory_total_bytes: "leakwatch_memory_total_bytes",
  memory_available_bytes: "leakwatch_memory_available_bytes",
  memory_free_bytes: "leakwatch_memory_free_bytes",
  memory_buffers_bytes: "leakwatch_memory_buffers_bytes",
  memory_cached_bytes: "leakwatch_memory_cached_bytes",
  memory_anon_bytes: "leakwatch_memory_anon_bytes",
  memory_shmem_bytes: "leakwatch_memory_shmem_bytes",
  memory_slab_bytes: "leakwatch_memory_slab_bytes",
  memory_slab_unreclaimable_bytes: "leakwatch_memory_slab_unreclaimable_bytes",
  memory_page_tables_bytes: "leakwatch_memory_page_tables_bytes",
  memory_kernel_stack_bytes: "leakwatch_memory_kernel_stack_bytes",
  memory_percpu_bytes: "leakwatch_memory_percpu_bytes",
  memory_vmalloc_used_bytes: "leakwatch_memory_vmalloc_used_bytes",
  memory_unaccounted_bytes: "leakwatch_memory_unaccounted_bytes",
  swap_total_bytes: "leakwatch_swap_total_bytes",
  swap_free_bytes: "leakwatch_swap_free_bytes",
  swap_in_bytes_total: "leakwatch_swap_in_bytes_total",
  swap_out_bytes_total: "leakwatch_swap_out_bytes_total",
  oom_kills_total: "leakwatch_oom_kills_total",
  processes: "leakwatch_processes",
  zombies: "leakwatch_zombies",
  descriptors_allocated: "leakwatch_descriptors_allocated",
  descriptors_limit: "leakwatch_descriptors_limit",
  dying_cgroups: "leakwatch_dying_cgroups",
  // Labels resource (memory, cpu, io) and share (some, full); seconds of PSI stall time.
  pressure_stalled_seconds_total: "leakwatch_pressure_stalled_seconds_total",
  // Labels node, zone, order (4 and 9): share of free memory that cannot serve that order.
  fragmentation_unusable_ratio: "leakwatch_fragmentation_unusable_ratio",
  // Label zone, node: free bytes, the weight of the ratio above.
  zone_free_bytes: "leakwatch_zone_free_bytes",
  // Labels pid, name; bounded to the top N and the suspects.
  process_resident_bytes: "leakwatch_process_resident_bytes",
  process_private_bytes: "leakwatch_process_private_bytes",
  process_swap_bytes: "leakwatch_process_swap_bytes",
  process_threads: "leakwatch_process_threads",
  process_open_descriptors: "leakwatch_process_open_descriptors",
  process_descriptor_limit: "leakwatch_process_descriptor_limit",
  // Labels id (12 hex digits or the cgroup), name, engine. A limit that does not exist is left out.
  container_usage_bytes: "leakwatch_container_usage_bytes",
  container_working_set_bytes: "leakwatch_container_working_set_bytes",
  container_limit_bytes: "leakwatch_container_limit_bytes",
  container_oom_kills_total: "leakwatch_container_oom_kills_total",
  // Labels name, kind (service, scope, slice, other).
  unit_usage_bytes: "leakwatch_unit_usage_bytes",
  unit_working_set_bytes: "leakwatch_unit_working_set_bytes",
  unit_limit_bytes: "leakwatch_unit_limit_bytes",
  unit_oom_kills_total: "leakwatch_unit_oom_kills_total",
  // Labels kind, subject, verdict, severity.
  finding_confidence: "leakwatch_finding_confidence",
  finding_growth_per_hour: "leakwatch_finding_growth_per_hour",
  finding_time_to_limit_seconds: "leakwatch_finding_time_to_limit_seconds",
  // Labels rule, severity, subject; 1 while firing.
  alert_firing: "leakwatch_alert_firing",
  // Label log, sink: 1 while it cannot be written or reached.
  log_failing: "leakwatch_log_failing",
  sink_failing: "leakwatch_sink_failing",
  // leakwatch itself.
  own_resident_bytes: "leakwatch_own_resident_bytes",
  own_cpu_seconds_total: "leakwatch_own_cpu_seconds_total",
  // Label collector.
  collector_success: "leakwatch_collector_success",
  collector_duration_seconds: "leakwatch_collector_duration_seconds",
} as const;

export type MetricKey = keyof typeof METRIC_NAMES;
export type MetricName = (typeof METRIC_NAMES)[MetricKey];
