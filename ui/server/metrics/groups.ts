/** Metrics of processes, containers and units: the largest and the suspects, so that labels stay bounded. */

import { processLeakableBytes } from "../../../model/leakable.ts";
import type { GrowthReading, GrowthReadings } from "../../../model/growth_reading.ts";
import type { ProcessSample, Sample } from "../../../model/sample.ts";
import { unitTitle } from "../../../model/unit_title.ts";
import type { Finding } from "../api.ts";
import type { MetricsRegistry } from "./registry.ts";

const MAX_PROCESSES = 20;
const MAX_SUSPECTS = 50;
const MAX_GROUPS = 100;

export function processMetrics(
  registry: MetricsRegistry,
  sample: Sample,
  suspects: readonly Finding[],
  growth: GrowthReadings | undefined,
): void {
  const growthOf = (process: ProcessSample) => growth?.process(process.pid, process.start_ticks) ?? null;
  for (const process of chosen(sample, suspects, growthOf)) {
    const { pid, name, unit, container } = process;
    const labels = { pid, name, unit: unit ?? "", container: container?.slice(0, 12) ?? "" };
    registry.set("leakwatch_process_resident_bytes", "Resident memory", process.rss_bytes, labels);
    registry.set(
      "leakwatch_process_leakable_bytes",
      "Anonymous, shared and swapped memory of the largest processes and the suspects",
      processLeakableBytes(process),
      labels,
    );
    registry.set("leakwatch_process_swap_bytes", "Swapped out", process.swap_bytes, labels);
    registry.set("leakwatch_process_threads", "Threads", process.threads, labels);
    registry.set("leakwatch_process_open_descriptors", "Open descriptors", process.open_descriptors, labels);
    registry.set(
      "leakwatch_process_descriptor_limit",
      "Soft limit of descriptors",
      process.descriptor_limit,
      labels,
    );
    const grown = growthOf(process);
    registry.set(
      "leakwatch_process_growth_bytes",
      "Growth of leakable memory that stayed, as rules judge it",
      grown?.rise,
      labels,
    );
    registry.set("leakwatch_process_growth_ratio", "The same, of its old floor", grown?.ratio, labels);
    registry.set(
      "leakwatch_process_growth_window_seconds",
      "How long its growth has been watched",
      grown?.window_seconds,
      labels,
    );
  }
}

const descriptorShare = ({ open_descriptors, descriptor_limit }: ProcessSample) =>
  open_descriptors !== null && descriptor_limit ? open_descriptors / descriptor_limit : 0;

/** The largest by memory, those nearest their descriptor limit, those that grew most, and those that a finding is about. */
function chosen(
  sample: Sample,
  suspects: readonly Finding[],
  growthOf: (process: ProcessSample) => GrowthReading | null,
): Set<ProcessSample> {
  const growing = new Map(sample.processes.map((process) => [process, growthOf(process)?.rise || 0]));
  const pids = new Set(suspects.slice(0, MAX_SUSPECTS).map(({ subject }) => subject.pid));
  const most = (of: (process: ProcessSample) => number, count: number) =>
    sample.processes.toSorted((a, b) => of(b) - of(a)).slice(0, count);
  return new Set([
    ...most(processLeakableBytes, MAX_PROCESSES),
    ...most(descriptorShare, MAX_PROCESSES / 2),
    ...most((process) => growing.get(process)!, MAX_PROCESSES / 2).filter((process) =>
      growing.get(process)! > 0
    ),
    ...sample.processes.filter((process) => pids.has(process.pid)),
  ]);
}

export function groupMetrics(registry: MetricsRegistry, sample: Sample): void {
  const byUsage = <T extends { usage_bytes: number | null }>(groups: readonly T[]) =>
    groups.toSorted((a, b) => (b.usage_bytes ?? 0) - (a.usage_bytes ?? 0)).slice(0, MAX_GROUPS);
  for (const container of byUsage(sample.containers)) {
    const id = container.id.slice(0, 12);
    const [namespace, pod] = podOf(container.pod);
    const labels = {
      id,
      name: container.name ?? id,
      engine: container.engine,
      // As kube-state-metrics and cAdvisor name them, so that series can be joined; empty where unknown.
      namespace,
      pod,
      container: container.pod === null ? "" : container.name ?? "",
      image: container.image ?? "",
    };
    registry.set(
      "leakwatch_container_usage_bytes",
      "Memory charged to a container",
      container.usage_bytes,
      labels,
    );
    registry.set(
      "leakwatch_container_working_set_bytes",
      "Less inactive file pages",
      container.working_set_bytes,
      labels,
    );
    registry.set(
      "leakwatch_container_limit_bytes",
      "Its limit; absent where there is none",
      container.limit_bytes,
      labels,
    );
    registry.set(
      "leakwatch_container_oom_kills_total",
      "Processes killed at its limit",
      container.oom_kills,
      labels,
    );
    registry.set(
      "leakwatch_container_restarts_total",
      "Restarts by its engine; absent where it does not report them",
      container.restarts,
      labels,
    );
  }
  for (const unit of byUsage(sample.units)) {
    // Namesakes would add up to one series: the system and every user may have a dbus.service.
    const labels = { name: unitTitle(unit), kind: unit.kind, cgroup: unit.cgroup };
    registry.set("leakwatch_unit_usage_bytes", "Memory charged to a unit", unit.usage_bytes, labels);
    registry.set(
      "leakwatch_unit_working_set_bytes",
      "Less inactive file pages",
      unit.working_set_bytes,
      labels,
    );
    registry.set(
      "leakwatch_unit_limit_bytes",
      "Its limit; absent where there is none",
      unit.limit_bytes,
      labels,
    );
    registry.set("leakwatch_unit_oom_kills_total", "Processes killed at its limit", unit.oom_kills, labels);
  }
}

/** "namespace/pod"; without names the pod is a uid. */
function podOf(pod: string | null): [namespace: string, pod: string] {
  const slash = pod?.indexOf("/") ?? -1;
  return slash < 0 ? ["", pod ?? ""] : [pod!.slice(0, slash), pod!.slice(slash + 1)];
}
