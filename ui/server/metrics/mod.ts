/** The live machine as OpenMetrics: names in the manner of node_exporter, labels bounded to the largest and the suspects. */

import { gzipSync } from "node:zlib";
import type { Context } from "hono";
import type { LiveView } from "../live_view.ts";
import type { MachineView } from "../machine_view.ts";
import { type ExpositionType, MetricsRegistry, OPENMETRICS_TYPE, TEXT_TYPE } from "./registry.ts";
import { groupMetrics, processMetrics } from "./groups.ts";
import { alertMetrics, findingCounts, findingMetrics } from "./findings.ts";
import { growthMetrics } from "./growth.ts";
import { machineMetrics } from "./machine.ts";
import { buildMetrics, historyMetrics, ownMetrics } from "./own.ts";

/** Answers a scrape in the format and the encoding that it accepts. */
export async function metricsReply(context: Context, live: LiveView, version: string): Promise<Response> {
  const accept = context.req.header("accept") ?? "";
  const type = accept.includes("application/openmetrics-text") ? OPENMETRICS_TYPE : TEXT_TYPE;
  const text = await metricsText(live, { type, version });
  const headers = { "content-type": type, vary: "accept, accept-encoding" };
  if (!/\bgzip\b/.test(context.req.header("accept-encoding") ?? "")) return context.body(text, 200, headers);
  const bytes = new Uint8Array(gzipSync(text, { level: GZIP_LEVEL }));
  return context.body(bytes, 200, { ...headers, "content-encoding": "gzip" });
}

/** The fastest: a scrape is read once. */
const GZIP_LEVEL = 1;

/** Exposition of what the newest sample says. */
export const metricsText = (
  live: LiveView,
  { type = OPENMETRICS_TYPE, version = "" }: { type?: ExpositionType; version?: string } = {},
): Promise<string> => metricsRegistry(live, version, type, live.presence.viewers).text();

/** All metrics of the newest sample. Nothing is kept between calls, so a vanished process leaves no series. */
export function metricsRegistry(
  view: MachineView,
  version: string,
  type: ExpositionType = OPENMETRICS_TYPE,
  viewers = 0,
): MetricsRegistry {
  const registry = new MetricsRegistry(type);
  const { sample } = view;
  // Said before there is a sample, too: a leakwatch that sees nothing is not one that is gone.
  buildMetrics(registry, view.own(), version);
  if (sample) {
    const suspects = view.suspects(), growth = view.growth();
    machineMetrics(registry, sample);
    growthMetrics(registry, growth);
    processMetrics(registry, sample, suspects, growth);
    groupMetrics(registry, sample);
    findingMetrics(registry, suspects);
    findingCounts(registry, view.verdicts());
    alertMetrics(registry, view.alerts().firing, view.alertsTurnedAway());
    ownMetrics(registry, sample, view.samples, viewers);
    historyMetrics(registry, view.historyUse());
  }
  return registry;
}
