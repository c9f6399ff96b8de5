/** One lifetime again, in its own time: for the chart that shows what was seen in it. */

import { PrometheusClient } from "./client.ts";
import { type CredentialOptions, readCredentials } from "./credentials.ts";
import { FleetError } from "./errors.ts";
import { type FleetMetric, KNOWN_METRICS } from "./metrics_table.ts";
import { expressionOf } from "./plan.ts";
import { oneOf } from "./selectors.ts";
import { alignedRange, stepOf } from "./window.ts";

export interface LifetimeQuery {
  url: string;
  credentials: CredentialOptions;
  select: string | null;
  metric: string;
  custom: readonly FleetMetric[];
  /** Of its workload and its own, as the report has them. */
  labels: Readonly<Record<string, string>>;
  start_seconds: number;
  end_seconds: number;
  scrape_interval_seconds: number;
  signal: AbortSignal;
}

export interface LifetimePoints {
  times: Float64Array;
  values: Float64Array;
  step_seconds: number;
  metric: FleetMetric;
}

/** Labels that leakwatch made: no series bears them. */
const MADE_LABELS = new Set(["workload"]);

/** Averages over steps, as the lifetime was judged by. Throws FleetError. */
export async function readLifetime(query: LifetimeQuery): Promise<LifetimePoints> {
  const { url, start_seconds, end_seconds, signal } = query;
  const metric = [...KNOWN_METRICS, ...query.custom].find(({ name }) => name === query.metric);
  if (!metric) throw new FleetError("bad_query", `${url}: ${query.metric} is not a metric that was read`);
  const matchers = Object.entries(query.labels).filter(([name]) => !MADE_LABELS.has(name))
    .map(([name, value]) => oneOf(name, [value]));
  const window = { start_seconds, end_seconds };
  const step_seconds = stepOf(window, query.scrape_interval_seconds);
  const client = new PrometheusClient({ url, credentials: readCredentials(query.credentials), signal });
  // Replicas of the server hold the same series twice: the longest is shown.
  let longest: Pick<LifetimePoints, "times" | "values"> = {
    times: new Float64Array(),
    values: new Float64Array(),
  };
  try {
    await client.queryRange({
      query: expressionOf(metric, query.select, matchers, step_seconds),
      ...alignedRange({ start_seconds: start_seconds - step_seconds, end_seconds }, step_seconds),
    }, ({ times, values, count }) => {
      if (count > longest.times.length) {
        longest = { times: times.slice(0, count), values: values.slice(0, count) };
      }
    });
  } finally {
    client.close();
  }
  return { ...longest, step_seconds, metric };
}
