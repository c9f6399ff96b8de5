/**
 * The metrics that `/metrics` shows, and that `rules --export prometheus` writes rules over.
 *
 * They follow node_exporter and the Prometheus naming guide: base units, `_total` for counters. The server may only take the
 * type from here; it writes the names out, and a wrong one is a type error.
 */
const KEYS = [
  // Machine; no labels.
  "memory_total_bytes",
  "memory_available_bytes",
  "memory_free_bytes",
  "memory_buffers_bytes",
  "memory_cached_bytes",
  "memory_anon_bytes",
  "memory_shmem_bytes",
  "memory_slab_bytes",
  "memory_slab_unreclaimable_bytes",
  "memory_page_tables_bytes",
  "memory_kernel_stack_bytes",
  "memory_percpu_bytes",
  "memory_vmalloc_used_bytes",
  "memory_unaccounted_bytes",
  "swap_total_bytes",
  "swap_free_bytes",
  "swap_in_bytes_total",
  "swap_out_bytes_total",
  "oom_kills_total",
  "processes",
  "zombies",
  "descriptors_allocated",
  "descriptors_limit",
  "dying_cgroups",
  // Growth as the alert rules judge it: the floor of the period's last third over that of its first; ratio: of the old floor.
  "memory_slab_unreclaimable_growth_bytes",
  "memory_slab_unreclaimable_growth_ratio",
  "memory_unaccounted_growth_bytes",
  "dying_cgroups_growth",
  // How long these have been watched, at most the growth period.
  "growth_window_seconds",
  // Labels resource (memory, cpu, io) and share (some, full); seconds of PSI stall time.
  "pressure_stalled_seconds_total",
  // Labels node, zone, order (4 and 9): share of free memory that cannot serve that order; and its weight.
  "fragmentation_unusable_ratio",
  "zone_free_bytes",
  // Labels pid, name, unit, container; bounded to the largest and the suspects.
  "process_resident_bytes",
  "process_leakable_bytes",
  "process_swap_bytes",
  "process_threads",
  "process_open_descriptors",
  "process_descriptor_limit",
  "process_growth_bytes",
  "process_growth_ratio",
  "process_growth_window_seconds",
  // Labels id (12 digits), name, engine; namespace, pod, container, image, empty where unknown. A limit that does not exist is left out.
  "container_usage_bytes",
  "container_working_set_bytes",
  "container_limit_bytes",
  "container_oom_kills_total",
  "container_restarts_total",
  // Labels name, kind (service, scope, slice, other), cgroup.
  "unit_usage_bytes",
  "unit_working_set_bytes",
  "unit_limit_bytes",
  "unit_oom_kills_total",
  // Labels kind, subject, verdict, severity, echo (1: another finding is its cause); 1.
  "finding_info",
  // Labels kind, subject.
  "finding_probability",
  "finding_confidence",
  "finding_growth_bytes_per_hour",
  "finding_growth_count_per_hour",
  "finding_growth_percent_per_hour",
  "finding_time_to_limit_seconds",
  // Label verdict (leak, growing): all of them.
  "findings",
  // Labels rule, severity, subject; 1 while firing.
  "alert_firing",
  // Label severity: alerts whose condition holds and for which there is no room.
  "alerts_turned_away",
  // Series that are watched, the memory of their buckets and what it may be; those that found no place within it, and how often
  // one was given fewer buckets.
  "series",
  "history_used_bytes",
  "history_budget_bytes",
  "series_refused",
  "series_coarsened",
  // Label log or sink: 1 while it cannot be written or reached.
  "log_failing",
  "sink_failing",
  // leakwatch itself.
  "build_info",
  "samples_total",
  "own_growth_bytes",
  "own_growth_ratio",
  "viewers",
  // Label collector.
  "collector_success",
  "collector_duration_seconds",
] as const;

export type MetricKey = (typeof KEYS)[number];
/** leakwatch's own process, under the names that all Prometheus clients use. */
export const OWN_METRIC_NAMES = [
  "process_resident_memory_bytes",
  "process_cpu_seconds_total",
  "process_open_fds",
  "process_max_fds",
  "process_start_time_seconds",
] as const;
export type MetricName = `leakwatch_${MetricKey}` | (typeof OWN_METRIC_NAMES)[number];

export const METRIC_NAMES = Object.fromEntries(
  KEYS.map((key) => [key, `leakwatch_${key}`]),
) as { readonly [K in MetricKey]: `leakwatch_${K}` };
