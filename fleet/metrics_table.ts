/** Metrics of known exporters that can leak: what each counts, whom it is about, where its limit stands. */

import type { Unit } from "../model/finding.ts";
import type { Family } from "./families.ts";

/** Where the value that must not be reached stands, in the order to ask. */
export interface LimitSource {
  metric: string;
  matchers: readonly string[];
  /** Labels that it shares with the series; "workload" is found from the pod, "host" is the instance without its port. */
  by: readonly string[];
  /** What to call it. */
  name: string;
}

export interface FleetMetric {
  name: string;
  family: Family;
  /** For sentences: "working set", "open descriptors". */
  what: string;
  unit: Unit;
  matchers: readonly string[];
  /** Labels summed away by the server: pools of one heap. */
  summed: readonly string[];
  /** Where it counts what is left: the metric that it is subtracted from. */
  subtracted_from: string | null;
  /** Labels of what stays when pods come and go; "workload" is found from the pod. */
  chain: readonly string[];
  /** Metric whose change says that a series' process began anew. */
  start_time: string | null;
  limits: readonly LimitSource[];
  /** It is one program's: its age is known, or at least that of its series. */
  is_program: boolean;
  /** A heap that is collected falls by half every other minute: a fall is no restart. */
  is_sawtooth: boolean;
  /** Label that queries are split by. */
  shard: "namespace" | "instance" | "job";
}

const MEM_TOTAL: LimitSource = {
  metric: "node_memory_MemTotal_bytes",
  matchers: [],
  by: ["host"],
  name: "MemTotal",
};

/** The pause container holds nothing, and sums over a pod have no container (cAdvisor). */
const REAL_CONTAINERS = ['container!=""', 'container!="POD"'];
const CONTAINER_CHAIN = ["cluster", "namespace", "workload", "container"];
const MEMORY_LIMITS: LimitSource[] = [
  {
    metric: "kube_pod_container_resource_limits",
    matchers: ['resource="memory"'],
    by: CONTAINER_CHAIN,
    name: "memory limit",
  },
  {
    metric: "container_spec_memory_limit_bytes",
    matchers: REAL_CONTAINERS,
    by: CONTAINER_CHAIN,
    name: "memory limit",
  },
];

const PLAIN = {
  matchers: [] as readonly string[],
  summed: [] as readonly string[],
  subtracted_from: null,
  start_time: null,
  limits: [] as readonly LimitSource[],
  is_program: false,
  is_sawtooth: false,
};

type Row = [name: string, what: string, unit: Unit, more?: Partial<FleetMetric>];

const family = (name: Family, shared: Partial<FleetMetric>, rows: Row[]): FleetMetric[] =>
  rows.map(([metric, what, unit, more]) => ({
    ...PLAIN,
    name: metric,
    family: name,
    what,
    unit,
    chain: [],
    shard: "instance" as const,
    ...shared,
    ...more,
  }));

/** cAdvisor, as the kubelet serves it. */
const CONTAINERS = family("containers", {
  matchers: REAL_CONTAINERS,
  chain: CONTAINER_CHAIN,
  shard: "namespace",
}, [
  ["container_memory_working_set_bytes", "working set", "bytes", { limits: MEMORY_LIMITS }],
  ["container_file_descriptors", "open descriptors", "count", {
    limits: [{
      metric: "container_ulimits_soft",
      matchers: ['ulimit="max_open_files"'],
      by: CONTAINER_CHAIN,
      name: "descriptor limit",
    }],
  }],
  ["container_threads", "threads", "count", {
    limits: [{
      metric: "container_threads_max",
      matchers: REAL_CONTAINERS,
      by: CONTAINER_CHAIN,
      name: "thread limit",
    }],
  }],
]);

/** process-exporter, by group of processes. */
const PROCESSES = family("processes", { chain: ["cluster", "instance", "groupname"] }, [
  ["namedprocess_namegroup_memory_bytes", "resident memory", "bytes", {
    matchers: ['memtype="resident"'],
    limits: [MEM_TOTAL],
  }],
  ["namedprocess_namegroup_open_filedesc", "open descriptors", "count"],
  ["namedprocess_namegroup_num_threads", "threads", "count"],
]);

/** node_exporter. */
const HOSTS = family("hosts", { chain: ["cluster", "instance"], start_time: "node_boot_time_seconds" }, [
  ["node_memory_MemAvailable_bytes", "memory in use", "bytes", {
    subtracted_from: "node_memory_MemTotal_bytes",
    limits: [MEM_TOTAL],
  }],
  ["node_memory_SUnreclaim_bytes", "unreclaimable slab", "bytes", { limits: [MEM_TOTAL] }],
  ["node_memory_PageTables_bytes", "page tables", "bytes", { limits: [MEM_TOTAL] }],
  ["node_memory_Percpu_bytes", "per-CPU memory", "bytes", { limits: [MEM_TOTAL] }],
  ["node_memory_VmallocUsed_bytes", "vmalloc memory", "bytes", { limits: [MEM_TOTAL] }],
  ["node_memory_Shmem_bytes", "shared memory", "bytes", { limits: [MEM_TOTAL] }],
  ["node_filefd_allocated", "open files", "count", {
    limits: [{ metric: "node_filefd_maximum", matchers: [], by: ["host"], name: "fs.file-max" }],
  }],
  ["node_sockstat_TCP_alloc", "TCP sockets", "count"],
]);

/** Prometheus' client libraries: Go, Java, Node and those that export process_*. */
const RUNTIMES = family("runtimes", {
  chain: ["cluster", "namespace", "job", "workload"],
  start_time: "process_start_time_seconds",
  is_program: true,
  shard: "job",
}, [
  ["process_resident_memory_bytes", "resident memory", "bytes"],
  ["process_open_fds", "open descriptors", "count", {
    limits: [{
      metric: "process_max_fds",
      matchers: [],
      by: ["cluster", "namespace", "job", "instance", "pod"],
      name: "descriptor limit",
    }],
  }],
  ["go_memstats_heap_inuse_bytes", "Go heap in use", "bytes", { is_sawtooth: true }],
  ["go_goroutines", "goroutines", "count"],
  ["jvm_memory_used_bytes", "JVM heap", "bytes", {
    matchers: ['area="heap"'],
    summed: ["id", "pool"],
    is_sawtooth: true,
    limits: [{
      metric: "jvm_memory_max_bytes",
      matchers: ['area="heap"'],
      by: ["cluster", "namespace", "job", "instance", "pod"],
      name: "heap maximum",
    }],
  }],
  ["jvm_memory_bytes_used", "JVM heap", "bytes", {
    matchers: ['area="heap"'],
    summed: ["id", "pool"],
    is_sawtooth: true,
    limits: [{
      metric: "jvm_memory_bytes_max",
      matchers: ['area="heap"'],
      by: ["cluster", "namespace", "job", "instance", "pod"],
      name: "heap maximum",
    }],
  }],
  ["jvm_threads_current", "JVM threads", "count"],
  ["jvm_threads_live_threads", "JVM threads", "count"],
  ["jvm_buffer_memory_used_bytes", "JVM buffers", "bytes", { summed: ["id", "pool"] }],
  ["nodejs_heap_size_used_bytes", "Node heap in use", "bytes", { is_sawtooth: true }],
  ["nodejs_external_memory_bytes", "Node external memory", "bytes"],
  ["nodejs_active_handles", "Node handles", "count", { summed: ["type"] }],
]);

/** leakwatch's own /metrics. */
const LEAKWATCH = family("leakwatch", { chain: ["cluster", "instance", "name"] }, [
  ["leakwatch_process_leakable_bytes", "private memory", "bytes", {
    chain: ["cluster", "instance", "unit", "container", "name"],
    is_program: true,
  }],
  ["leakwatch_process_private_bytes", "private memory", "bytes", {
    chain: ["cluster", "instance", "unit", "container", "name"],
    is_program: true,
  }],
  ["leakwatch_container_working_set_bytes", "working set", "bytes", {
    limits: [{
      metric: "leakwatch_container_limit_bytes",
      matchers: [],
      by: ["cluster", "instance", "name"],
      name: "memory limit",
    }],
  }],
  ["leakwatch_unit_working_set_bytes", "working set", "bytes", {
    limits: [{
      metric: "leakwatch_unit_limit_bytes",
      matchers: [],
      by: ["cluster", "instance", "name"],
      name: "memory limit",
    }],
  }],
  ["leakwatch_memory_slab_unreclaimable_bytes", "unreclaimable slab", "bytes", {
    chain: ["cluster", "instance"],
  }],
  ["leakwatch_memory_unaccounted_bytes", "unaccounted memory", "bytes", { chain: ["cluster", "instance"] }],
  ["leakwatch_memory_shmem_bytes", "shared memory", "bytes", { chain: ["cluster", "instance"] }],
]);

export const KNOWN_METRICS: readonly FleetMetric[] = [
  ...CONTAINERS,
  ...PROCESSES,
  ...HOSTS,
  ...RUNTIMES,
  ...LEAKWATCH,
];

/** Labels that say which one of many it is, not what it is: left out of a custom metric's chain. */
const IDENTITY_LABELS = new Set(["pod", "id", "instance", "uid", "name", "pod_name", "container_id"]);
const UNIT_SUFFIXES: [RegExp, Unit][] = [[/_bytes$/, "bytes"], [/_percent$|_ratio$/, "percent"]];

/**
 * A metric named on the command line, `NAME` or `NAME:bytes|count|percent`; its chain is made of its labels but those of
 * identity. Null where it is no name of a metric, or that of a counter.
 */
export function parseCustomMetric(text: string): FleetMetric | null {
  const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*?)(?::(bytes|count|percent))?$/.exec(text);
  if (!match || /_(total|count|sum|bucket)$/.test(match[1]!)) return null;
  const [, name, unit] = match;
  const guessed = UNIT_SUFFIXES.find(([suffix]) => suffix.test(name!))?.[1] ?? "count";
  return {
    ...PLAIN,
    name: name!,
    family: "custom",
    what: name!,
    unit: (unit as Unit | undefined) ?? guessed,
    chain: ["*"],
    shard: "job",
  };
}

/** Labels of a series that stay the same for all of its replicas: the chain of a custom metric. */
export const chainLabelsOf = (labels: Readonly<Record<string, string>>): string[] =>
  Object.keys(labels).filter((label) => !IDENTITY_LABELS.has(label)).sort();
