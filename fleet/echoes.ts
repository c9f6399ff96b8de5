/** Findings that only repeat another: a host that fills because its containers grow, a heap inside a container. */

import { hostOf } from "./chains.ts";
import type { ClassifiedWorkload } from "./workloads.ts";

/** The other explains this share of the rate, or it is a finding of its own. */
const EXPLAINED_SHARE = 0.5;

const isAccused = ({ verdict }: ClassifiedWorkload) => verdict.startsWith("leak");

/** Marks each echo with what causes it; an echo is still judged, but not accused a second time. */
export function attribute(workloads: readonly ClassifiedWorkload[]): void {
  const accused = workloads.filter(isAccused);
  const containers = accused.filter(({ chain }) =>
    chain.metric.family === "containers" && chain.metric.unit === "bytes"
  );
  const groups = accused.filter(({ chain }) =>
    chain.metric.family === "processes" && chain.metric.unit === "bytes"
  );
  for (const host of accused) {
    if (host.chain.metric.name !== "node_memory_MemAvailable_bytes") continue;
    const slab = accused.filter(({ chain }) =>
      chain.metric.family === "hosts" && chain.metric.unit === "bytes" && chain !== host.chain &&
      chain.labels["instance"] === host.chain.labels["instance"]
    );
    explain(host, [...slab, ...containers, ...groups], ratesOn(hostOf(host.chain.labels["instance"] ?? "")));
  }
  const byPod = new Map<string, ClassifiedWorkload>();
  for (const container of containers) {
    for (const lifetime of container.leaking) {
      if (lifetime.labels["pod"]) byPod.set(lifetime.labels["pod"], container);
    }
  }
  for (const runtime of accused) {
    if (runtime.chain.metric.family !== "runtimes" || runtime.chain.metric.unit !== "bytes") continue;
    const outer = runtime.leaking.map(({ labels }) => byPod.get(labels["pod"] ?? "")).find(Boolean);
    if (outer) link(runtime, outer);
  }
  // Of one job the resident memory speaks for its heap, where no container does.
  const byJob = new Map(
    accused.filter(({ chain }) => chain.metric.name === "process_resident_memory_bytes")
      .map((each) => [jobOf(each), each]),
  );
  for (const heap of accused) {
    const { family, unit, name } = heap.chain.metric;
    const process = family === "runtimes" && unit === "bytes" && name !== "process_resident_memory_bytes"
      ? byJob.get(jobOf(heap))
      : undefined;
    if (process && heap.caused_by === null) link(heap, process);
  }
}

const jobOf = ({ chain: { labels } }: ClassifiedWorkload): string =>
  [labels["cluster"], labels["namespace"], labels["job"], labels["workload"]].join("\0");

/** The growth per hour that a workload has on this host. */
const ratesOn = (host: string) => (workload: ClassifiedWorkload): number => {
  if (workload.chain.labels["instance"] !== undefined) {
    return hostOf(workload.chain.labels["instance"]) === host ? workload.rate_per_hour?.mid ?? 0 : 0;
  }
  return workload.leaking
    .filter(({ labels, is_alive }) =>
      is_alive && (labels["node"] === host || hostOf(labels["instance"] ?? "") === host)
    )
    .reduce((sum, { assessment }) => sum + assessment!.rate_per_hour.mid, 0);
};

function explain(
  host: ClassifiedWorkload,
  causes: readonly ClassifiedWorkload[],
  rateOf: (workload: ClassifiedWorkload) => number,
): void {
  const rates = causes.map((cause) => ({ cause, rate: rateOf(cause) })).filter(({ rate }) => rate > 0)
    .sort((a, b) => b.rate - a.rate);
  const explained = rates.reduce((sum, { rate }) => sum + rate, 0);
  if (rates.length === 0 || explained < EXPLAINED_SHARE * (host.rate_per_hour?.mid ?? Infinity)) return;
  link(host, rates[0]!.cause);
}

function link(echo: ClassifiedWorkload, cause: ClassifiedWorkload): void {
  echo.caused_by = cause;
  cause.explains.push(echo);
}
