/** Metrics of leakwatch itself. */

import process from "node:process";
import type { Sample } from "../../../model/sample.ts";
import type { HistoryUse, OwnProcess } from "../ports.ts";
import type { MetricsBoard } from "./registry.ts";

/** What is known without a sample; process_* under the names that all Prometheus clients use. */
export function buildMetrics(board: MetricsBoard, own: OwnProcess | undefined, version: string): void {
  const { user, system } = process.cpuUsage();
  board.set("leakwatch_build_info", "1; the version of leakwatch", 1, { version });
  board.set("process_resident_memory_bytes", "Resident memory of leakwatch", Deno.memoryUsage().rss);
  board.set("process_cpu_seconds_total", "CPU time of leakwatch", (user + system) / 1e6);
  board.set("process_open_fds", "Open descriptors of leakwatch", own?.open_descriptors);
  board.set("process_max_fds", "Its soft limit of descriptors", own?.descriptor_limit);
  board.set(
    "process_start_time_seconds",
    "Start of leakwatch, in seconds since 1970",
    own?.start_time_seconds,
  );
}

export function ownMetrics(board: MetricsBoard, sample: Sample, samples: number, viewers: number): void {
  board.set("leakwatch_samples_total", "Samples taken since the start", samples);
  board.set("leakwatch_viewers", "Pages that listen", viewers);
  for (const { name, ok, duration_seconds } of sample.collectors) {
    board.set("leakwatch_collector_success", "Whether the last run read its source", ok ? 1 : 0, {
      collector: name,
    });
    board.set("leakwatch_collector_duration_seconds", "How long the last run took", duration_seconds, {
      collector: name,
    });
  }
}

/** What the memory budget holds and what it did not. */
export function historyMetrics(board: MetricsBoard, use: HistoryUse | undefined): void {
  board.set("leakwatch_series", "Series that are watched", use?.series);
  board.set("leakwatch_history_used_bytes", "Memory of their buckets", use?.used_bytes);
  board.set("leakwatch_history_budget_bytes", "What --memory-budget allows for them", use?.budget_bytes);
  board.set("leakwatch_series_refused", "Series that found no place", use?.refused);
  board.set(
    "leakwatch_series_coarsened",
    "How often a series was given fewer buckets to stay within the budget",
    use?.coarsened,
  );
}
