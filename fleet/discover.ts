/** What a server holds of the metrics that can leak, how much of it, and how often it was scraped. */

import type { PrometheusClient } from "./client.ts";
import { type FleetMetric, KNOWN_METRICS } from "./metrics_table.ts";
import { matchersOf, seconds, selector } from "./selectors.ts";
import type { FleetWindow } from "./window.ts";

export interface FoundMetric {
  metric: FleetMetric;
  /** Series at once, on average over the window, by value of the metric's shard label. */
  series_by_shard: Map<string, number>;
  /** Series at once where they were most. */
  most_series: number;
  scrape_interval_seconds: number;
}

/** Moments of the window at which series are counted: exact enough for a plan, and a thousandth of the samples. */
const MOMENTS = 16;
/** Nobody scrapes more seldom and expects graphs. */
const NEWEST_SECONDS = 900;
const DEFAULT_INTERVAL = 60;

/** The metrics of these families that the server has, and those asked for by name. */
export function wantedMetrics(
  present: ReadonlySet<string>,
  families: ReadonlySet<string>,
  custom: readonly FleetMetric[],
): FleetMetric[] {
  return [
    ...KNOWN_METRICS.filter(({ name, family, subtracted_from }) =>
      families.has(family) && present.has(name) && (subtracted_from === null || present.has(subtracted_from))
    ),
    ...custom.filter(({ name }) => present.has(name)),
  ];
}

/** Seconds over which scrapes are counted, and of a history that has just begun. */
const COUNTED_SECONDS = 3600, MIN_COUNTED_SECONDS = 600;

/** Counts a metric's series over the window; null where none is selected. Throws FleetError. */
export async function readCounts(
  client: PrometheusClient,
  metric: FleetMetric,
  select: string | null,
  { start_seconds, end_seconds }: FleetWindow,
): Promise<FoundMetric | null> {
  const selected = selector(metric.name, metric.matchers, matchersOf(select));
  const step = Math.max(60, Math.floor((end_seconds - start_seconds) / MOMENTS));
  const counts = new Map<string, number>();
  const totals = new Map<number, number>();
  await client.queryRange({
    query: `count by (${metric.shard}) (last_over_time(${selected}[${
      seconds(Math.min(step, NEWEST_SECONDS))
    }]))`,
    start_seconds: start_seconds + step,
    end_seconds,
    step_seconds: step,
  }, ({ labels, times, values, count }) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      sum += values[i]!;
      totals.set(times[i]!, (totals.get(times[i]!) ?? 0) + values[i]!);
    }
    counts.set(labels[metric.shard] ?? "", Math.ceil(sum / MOMENTS));
  });
  if (counts.size === 0) return null;
  return {
    metric,
    series_by_shard: counts,
    most_series: Math.max(...totals.values()),
    scrape_interval_seconds: await readInterval(client, selected, totals),
  };
}

/** Seconds between two scrapes, of the most diligent series at the last moment that had any. */
async function readInterval(
  client: PrometheusClient,
  selected: string,
  totals: ReadonlyMap<number, number>,
): Promise<number> {
  let samples = 0;
  const at = Math.max(...totals.keys()), first = Math.min(...totals.keys());
  // No longer than there is history: scrapes of the last minutes only would look like rare ones.
  const range = Math.round(Math.min(COUNTED_SECONDS, Math.max(MIN_COUNTED_SECONDS, at - first)));
  await client.query(
    `max(count_over_time(${selected}[${seconds(range)}]))`,
    at,
    ({ values }) => samples = values[0]!,
  );
  return samples > 1 ? Math.max(1, Math.round(range / samples)) : DEFAULT_INTERVAL;
}
