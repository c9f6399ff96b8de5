/**
 * What a rule may ask about, per scope. One table serves the type check of conditions, the words that an error message
 * suggests, the documentation and the export to Prometheus.
 */

import { METRIC_NAMES as M } from "../../model/metric_names.ts";

export const SCOPES = [
  "system",
  "kernel",
  "process",
  "container",
  "unit",
  "finding",
  "log",
  "sink",
  "self",
] as const;

export type Scope = (typeof SCOPES)[number];

export interface Variable {
  type: "number" | "text";
  meaning: string;
  /** PromQL over our own metrics; `$rate` stands for the range of a rate, five scrapes. */
  promql?: string;
  /** For text: the label that holds it. */
  label?: string;
  /** For text that is no label: how a Prometheus template says it, of the alert's instance. */
  template?: string;
}

const number = (meaning: string, promql?: string): Variable => ({ type: "number", meaning, promql });
const text = (meaning: string, label?: string): Variable => ({ type: "text", meaning, label });

const percent = (ratio: string) => `(100 * ${ratio})`;
const share = (part: string, whole: string) => `(100 * ${part} / ${whole})`;
const pressure = (resource: string, kind: string) =>
  `(100 * rate(${M.pressure_stalled_seconds_total}{resource="${resource}",share="${kind}"}[$rate]))`;
const unusable = (order: number) =>
  `(100 * sum by (instance) (${M.fragmentation_unusable_ratio}{order="${order}"} * on (instance, node, zone) ` +
  `${M.zone_free_bytes}) / sum by (instance) (${M.zone_free_bytes}))`;
// Every client has these; only on leakwatch's own instances are they its own.
const ofLeakwatch = (metric: string) => `(${metric} and on (job, instance) ${M.build_info})`;
const OWN_RSS = "process_resident_memory_bytes";
const OWN_CPU = "process_cpu_seconds_total";
const growthWindow = (metric: string) =>
  number("how long growth has been watched, at most the growth period", metric);
const GROWTH =
  "rise of its floor over the growth period (minimum of the last third less that of the first), if both halves contribute";

const TOP_PROCESS =
  `{{ with printf "topk(1, ${M.process_resident_bytes}{instance=%q})" $labels.instance | query }}` +
  "{{ with . | first }}{{ .Labels.name }} ({{ .Labels.pid }}){{ end }}{{ else }}unknown{{ end }}";
const rateIn = (metric: string, unit: string, otherwise: string) =>
  `{{ with printf "${metric}{kind=%q,subject=%q,instance=%q}" $labels.kind $labels.subject $labels.instance | query }}` +
  `{{ . | first | value | ${unit}{{ else }}${otherwise}{{ end }}`;
const FINDING_RATE = rateIn(
  M.finding_growth_bytes_per_hour,
  "humanize1024 }}B/h",
  rateIn(
    M.finding_growth_count_per_hour,
    "humanize }}/h",
    rateIn(M.finding_growth_percent_per_hour, "humanize }} %/h", "at an unknown rate"),
  ),
);

export const VARIABLES: Record<Scope, Record<string, Variable>> = {
  system: {
    memory_total_bytes: number("MemTotal", M.memory_total_bytes),
    memory_available_bytes: number("MemAvailable", M.memory_available_bytes),
    memory_available_percent: number(
      "the same, of all memory",
      share(M.memory_available_bytes, M.memory_total_bytes),
    ),
    memory_available_change_bytes: number(
      "its change over the last ten minutes, or since watching began",
      `delta(${M.memory_available_bytes}[10m])`,
    ),
    memory_used_bytes: number(
      "total minus available",
      `(${M.memory_total_bytes} - ${M.memory_available_bytes})`,
    ),
    memory_used_percent: number(
      "used share of the total",
      `(100 * (1 - ${M.memory_available_bytes} / ${M.memory_total_bytes}))`,
    ),
    swap_total_bytes: number("size of all swap", M.swap_total_bytes),
    swap_used_bytes: number("swap in use", `(${M.swap_total_bytes} - ${M.swap_free_bytes})`),
    swap_used_percent: number(
      "used share of all swap",
      `(100 * (1 - ${M.swap_free_bytes} / ${M.swap_total_bytes}))`,
    ),
    swap_in_bytes_per_second: number("read back from swap", `rate(${M.swap_in_bytes_total}[$rate])`),
    swap_out_bytes_per_second: number("written to swap", `rate(${M.swap_out_bytes_total}[$rate])`),
    memory_pressure_percent: number("time in which some task waited for memory", pressure("memory", "some")),
    memory_stall_percent: number("time in which every task waited for memory", pressure("memory", "full")),
    io_pressure_percent: number("time in which some task waited for a disk", pressure("io", "some")),
    oom_kills_new: number(
      "processes killed out of memory since the last sample",
      `increase(${M.oom_kills_total}[$rate])`,
    ),
    processes: number("processes, threads not counted", M.processes),
    zombies: number("processes that ended and whose parent has not waited for them", M.zombies),
    zombie_parents: text("names and pids of the zombies' parents, the first three"),
    descriptors: number("open files in the whole system", M.descriptors_allocated),
    descriptors_used_percent: number(
      "used share of the system's limit",
      share(M.descriptors_allocated, M.descriptors_limit),
    ),
    top_process: {
      ...text("process with the largest resident memory: name (pid)"),
      template: TOP_PROCESS,
    },
    top_process_bytes: number("its resident memory", `max(${M.process_resident_bytes})`),
    uptime_seconds: number("time since boot"),
  },
  kernel: {
    slab_bytes: number("all slab", M.memory_slab_bytes),
    slab_unreclaimable_bytes: number("slab that cannot be reclaimed", M.memory_slab_unreclaimable_bytes),
    slab_growth_bytes: number(`unreclaimable slab: ${GROWTH}`, M.memory_slab_unreclaimable_growth_bytes),
    slab_growth_percent: number(
      "the same, relative to the old floor",
      percent(M.memory_slab_unreclaimable_growth_ratio),
    ),
    unaccounted_bytes: number("memory that /proc/meminfo does not account for", M.memory_unaccounted_bytes),
    unaccounted_growth_bytes: number(`unaccounted memory: ${GROWTH}`, M.memory_unaccounted_growth_bytes),
    growth_window_seconds: growthWindow(M.growth_window_seconds),
    page_tables_bytes: number("page tables", M.memory_page_tables_bytes),
    kernel_stack_bytes: number("kernel stacks", M.memory_kernel_stack_bytes),
    percpu_bytes: number("per-CPU allocations", M.memory_percpu_bytes),
    vmalloc_used_bytes: number("vmalloc", M.memory_vmalloc_used_bytes),
    dying_cgroups: number("deleted cgroups that still hold memory", M.dying_cgroups),
    dying_cgroups_growth: number(`dying cgroups: ${GROWTH}`, M.dying_cgroups_growth),
    unusable_order_4_percent: number("share of free memory that cannot serve 64 KiB at once", unusable(4)),
    unusable_order_9_percent: number("share of free memory that cannot serve a 2 MiB page", unusable(9)),
  },
  process: {
    pid: number("process id"),
    name: text("name (comm)", "name"),
    user: text("owner"),
    unit: text("systemd unit"),
    container: text("container id"),
    command: text("command line"),
    age_seconds: number("time since it started"),
    rss_bytes: number("resident memory", M.process_resident_bytes),
    leakable_bytes: number("anonymous and swapped memory", M.process_leakable_bytes),
    swap_bytes: number("swapped out", M.process_swap_bytes),
    threads: number("threads", M.process_threads),
    open_descriptors: number("open descriptors", M.process_open_descriptors),
    descriptor_limit: number("soft limit of descriptors", M.process_descriptor_limit),
    descriptors_used_percent: number(
      "used share of its limit",
      share(M.process_open_descriptors, M.process_descriptor_limit),
    ),
    growth_bytes: number(`leakable_bytes: ${GROWTH}`, M.process_growth_bytes),
    growth_percent: number("the same, relative to the old floor", percent(M.process_growth_ratio)),
    growth_window_seconds: growthWindow(M.process_growth_window_seconds),
  },
  container: {
    id: text("container id, 12 digits", "id"),
    name: text("name, or the id", "name"),
    engine: text("docker, podman, containerd, kubernetes, lxc, nspawn", "engine"),
    image: text("image"),
    pod: text("Kubernetes pod"),
    usage_bytes: number("usage including page cache", M.container_usage_bytes),
    working_set_bytes: number("usage minus inactive file pages", M.container_working_set_bytes),
    limit_bytes: number("smallest limit, its own or a parent's", M.container_limit_bytes),
    limit_used_percent: number(
      "working set, of the limit",
      share(M.container_working_set_bytes, M.container_limit_bytes),
    ),
    oom_kills_new: number(
      "processes killed out of memory since the last sample, including in cgroups of it that are gone, or as its engine reports",
      `increase(${M.container_oom_kills_total}[$rate])`,
    ),
    restarts: number("restarts, if the engine reports them", M.container_restarts_total),
    restarts_new: number(
      "restarts by its engine since the last sample",
      `increase(${M.container_restarts_total}[$rate])`,
    ),
    pids: number("tasks in it"),
    inspect_command: text("command that shows its processes, for its engine"),
    inspect_kills_command: text("command that shows how it ended"),
  },
  unit: {
    name: text("unit", "name"),
    kind: text("service, scope, slice, other", "kind"),
    usage_bytes: number("usage including page cache", M.unit_usage_bytes),
    working_set_bytes: number("usage minus inactive file pages", M.unit_working_set_bytes),
    limit_bytes: number("memory limit", M.unit_limit_bytes),
    limit_used_percent: number(
      "working set, of the limit",
      share(M.unit_working_set_bytes, M.unit_limit_bytes),
    ),
    oom_kills_new: number(
      "processes killed out of memory since the last sample, including in cgroups of it that are gone",
      `increase(${M.unit_oom_kills_total}[$rate])`,
    ),
    inspect_command: text("command that shows its processes; also for a cgroup that is not a unit"),
    inspect_kills_command: text("command that shows who was killed in it"),
  },
  finding: {
    kind: text("process-memory, container-memory, kernel-slab, system-memory, …", "kind"),
    subject: text("what it is about", "subject"),
    name: text("process, container, unit, cache or mount"),
    verdict: text("leak, growing, warm-up, step, sawtooth, periodic, stable, shrinking", "verdict"),
    severity: text("info, warning, critical", "severity"),
    probability: number("probability that it is a leak, 0 to 1", M.finding_probability),
    probability_percent: number("the same in percent", percent(M.finding_probability)),
    count: number("how many similar subjects it covers"),
    confidence: number("confidence of the verdict, 0 to 1", M.finding_confidence),
    rate_per_hour: number("growth in the finding's unit", M.finding_growth_bytes_per_hour),
    rate: { ...text("the same with its unit"), template: FINDING_RATE },
    time_to_limit_seconds: number(
      "soonest time at which its limit is reached",
      M.finding_time_to_limit_seconds,
    ),
    limit: text("the limit it refers to"),
    evidence: text("why, in one sentence"),
    // Prometheus has no words for it: the rest of the message stays.
    until: { ...text('"; memory full in about 3 h" if a limit is in sight, else empty'), template: "" },
    next_step: text("what to type next"),
    caused_by: text(
      "the finding that explains this growth, such as a container's process; empty where none does",
      "echo",
    ),
  },
  log: {
    name: text("file", "log"),
    why: text("the reason"),
    failing: number("1 while it cannot be written", M.log_failing),
  },
  sink: {
    name: text("sink", "sink"),
    why: text("the reason"),
    failing: number("1 while it does not accept alerts", M.sink_failing),
  },
  self: {
    rss_bytes: number("leakwatch's own resident memory", ofLeakwatch(OWN_RSS)),
    alerts_turned_away: number(
      "alerts whose condition holds but that did not fit",
      `sum by (instance) (${M.alerts_turned_away})`,
    ),
    series_refused: number("series that did not fit into the memory budget", M.series_refused),
    series_coarsened: number(
      "how often a series was kept more coarsely, for the memory budget",
      M.series_coarsened,
    ),
    cpu_percent: number("leakwatch's own share of one core", ofLeakwatch(`100 * rate(${OWN_CPU}[$rate])`)),
    growth_bytes: number(`rss_bytes: ${GROWTH}`, M.own_growth_bytes),
    growth_percent: number("the same, relative to the old floor", percent(M.own_growth_ratio)),
    growth_window_seconds: growthWindow(M.growth_window_seconds),
  },
};
