/** Metrics of leakwatch itself. */

import process from "node:process";
import type { Sample } from "../../../model/sample.ts";
import type { HistoryUse, OwnProcess } from "../ports.ts";
import type { MetricsRegistry } from "./registry.ts";

/** What is known without a sample; process_* under the names that all Prometheus clients use. */
export function buildMetrics(registry: MetricsRegistry, own: OwnProcess | undefined, version: string): void {
  const { user, system } = process.cpuUsage();
  registry.set("leakwatch_build_info", "1; the version of leakwatch", 1, { version });
  registry.set("process_resident_memory_bytes", "Resident memory of leakwatch", Deno.memoryUsage().rss);
  registry.set("process_cpu_seconds_total", "CPU time of leakwatch", (user + system) / 1e6);
  registry.set("process_open_fds", "Open descriptors of leakwatch", own?.open_descriptors);
  registry.set("process_max_fds", "Its soft limit of descriptors", own?.descriptor_limit);
  registry.set(
    "process_start_time_seconds",
    "Start of leakwatch, in seconds since 1970",
    own?.start_time_seconds,
  );
}

export function ownMetrics(
  registry: MetricsRegistry,
  sample: Sample,
  samples: number,
  viewers: number,
): void {
  registry.set("leakwatch_samples_total", "Samples taken since the start", samples);
  registry.set("leakwatch_viewers", "Pages that listen", viewers);
  for (const { name, ok, duration_seconds } of sample.collectors) {
    registry.set("leakwatch_collector_success", "Whether the last run read its source", ok ? 1 : 0, {
      collector: name,
    });
    registry.set("leakwatch_collector_duration_seconds", "How long the last run took", duration_seconds, {
      collector: name,
    });
  }
}

/** What the memory budget holds and what it did not. */
export function historyMetrics(registry: MetricsRegistry, use: HistoryUse | undefined): void {
  registry.set("leakwatch_series", "Series that are watched", use?.series);
  registry.set("leakwatch_history_used_bytes", "Memory of their buckets", use?.used_bytes);
  registry.set("leakwatch_history_budget_bytes", "What --memory-budget allows for them", use?.budget_bytes);
  registry.set("leakwatch_series_refused", "Series that did not fit into the memory budget", use?.refused);
  registry.set(
    "leakwatch_series_coarsened",
    "How often a series was given fewer buckets to stay within the budget",
    use?.coarsened,
  );
}
