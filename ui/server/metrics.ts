/** The live machine as OpenMetrics: names in the manner of node_exporter, labels bounded to the largest and the suspects. */

import { Counter, Gauge, Registry } from "prom-client";
import type { NowReply } from "./api.ts";
import type { LiveView } from "./live_view.ts";

export const OPENMETRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE;

/** Processes and containers with series of their own. */
const MOST_PROCESSES = 20;
const MOST_CONTAINERS = 50;
const MOST_FINDINGS = 50;

/** Exposition of what the newest sample says. Nothing is kept between calls, so a vanished process leaves no series. */
export async function metricsText(live: LiveView): Promise<string> {
  const registry = new Registry<typeof OPENMETRICS_TYPE>();
  registry.setContentType(OPENMETRICS_TYPE);
  const gauge = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Gauge({ name: `leakwatch_${name}`, help, labelNames, registers: [registry] });

  const now = live.now();
  machine(now, gauge);
  const processMemory = gauge(
    "process_private_bytes",
    "Anonymous, shared and swapped memory of the largest processes and the suspects",
    ["pid", "name", "unit", "container"],
  );
  const { processes } = live.processes();
  const chosen = new Set([
    ...processes.toSorted((a, b) => b.private_bytes - a.private_bytes).slice(0, MOST_PROCESSES),
    ...processes.filter((row) => row.verdict === "leak" || row.verdict === "growing").slice(0, MOST_FINDINGS),
  ]);
  for (const { pid, name, unit, container, private_bytes } of chosen) {
    processMemory.set({ pid, name, unit: unit ?? "", container: container ?? "" }, private_bytes);
  }

  const { containers } = live.containers({ from: null, to: null, points: 2 });
  const usage = gauge("container_usage_bytes", "Memory charged to a container", ["id", "name"]);
  const limit = gauge("container_limit_bytes", "Its limit; absent where there is none", ["id", "name"]);
  for (const { id, name, usage_bytes, limit_bytes } of containers.slice(0, MOST_CONTAINERS)) {
    if (usage_bytes !== null) usage.set({ id: id.slice(0, 12), name }, usage_bytes);
    if (limit_bytes !== null) limit.set({ id: id.slice(0, 12), name }, limit_bytes);
  }

  const labels = ["kind", "subject", "pid", "verdict", "unit"];
  const rate = gauge("growth_per_hour", "Growth of what a verdict is about, in its unit", labels);
  const confidence = gauge("verdict_confidence_ratio", "How sure a verdict is, 0 to 1", labels);
  for (
    const { kind, subject, verdict, unit, rate_per_hour, confidence: sure } of now.suspects.slice(
      0,
      MOST_FINDINGS,
    )
  ) {
    const of = { kind, subject: subject.name, pid: subject.pid?.toString() ?? "", verdict, unit };
    if (rate_per_hour) rate.set(of, rate_per_hour.mid);
    confidence.set(of, sure);
  }

  const samples = new Counter({
    name: "leakwatch_samples_total",
    help: "Samples taken since the start",
    registers: [registry],
  });
  samples.inc(live.samples);
  gauge("viewers", "Pages that listen").set(live.audience.viewers);
  return await registry.metrics();
}

function machine(now: NowReply, gauge: (name: string, help: string) => Gauge): void {
  if (now.memory) {
    for (const [name, bytes] of Object.entries(now.memory) as [string, number | null][]) {
      if (bytes === null) continue;
      const of = name.replace(/_bytes$/, "").replaceAll("_", " ");
      gauge(name.startsWith("swap_") ? name : `memory_${name}`, `Memory of this machine: ${of}`).set(bytes);
    }
  }
  const ratios = [["pressure_some_percent", "some"], ["pressure_full_percent", "full"]] as const;
  for (const [column, which] of ratios) {
    const value = now.row[column];
    if (value != null) {
      gauge(
        `memory_pressure_${which}_ratio`,
        `Share of the last interval in which ${which === "some" ? "a task" : "every task"} waited for memory`,
      )
        .set(value / 100);
    }
  }
  gauge("processes", "Processes seen in the newest sample").set(now.process_count);
  gauge("alerts_firing", "Alerts that fire").set(now.alerts_firing);
}
