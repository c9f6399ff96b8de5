/** A fleet's history, read off a Prometheus-compatible server and judged workload by workload. */

import type { FleetReport } from "../model/fleet_report.ts";
import { PrometheusClient } from "./client.ts";
import { readCredentials } from "./credentials.ts";
import { FleetReader } from "./fleet_reader.ts";
import type { FleetOptions } from "./options.ts";
import { parseServerUrl } from "./server_url.ts";

export type { Assessment, FleetDetector } from "./detector.ts";
export { FleetError } from "./errors.ts";
export { isAccused } from "./build_report.ts";
export { type FleetMetric, parseCustomMetric } from "./metrics_table.ts";
export { type LifetimePoints, readLifetime } from "./read_lifetime.ts";
export { MAX_SERIES } from "./fleet_reader.ts";
export type { FleetOptions } from "./options.ts";
export type { CredentialOptions } from "./credentials.ts";
export type * from "../model/fleet_report.ts";

/** Reads and judges. Throws FleetError where nothing could be read, or the fleet is too large. */
export async function readFleet(options: FleetOptions): Promise<FleetReport> {
  const url = parseServerUrl(options.url);
  const stop = new AbortController();
  const end = (why: string) => () => stop.abort(why);
  const budget = setTimeout(
    end(`the budget of ${options.budget_seconds} s was spent (--budget)`),
    options.budget_seconds * 1000,
  );
  const stopped = end("stopped before it was read");
  options.signal.addEventListener("abort", stopped);
  const client = new PrometheusClient({
    url,
    credentials: readCredentials(options.credentials),
    signal: stop.signal,
    compress: options.compress,
    reconnect_seconds: options.reconnect_seconds,
    idle_seconds: options.idle_seconds,
  });
  try {
    return await new FleetReader(client, { ...options, url }, stop.signal).read();
  } finally {
    clearTimeout(budget);
    options.signal.removeEventListener("abort", stopped);
    client.close();
  }
}
