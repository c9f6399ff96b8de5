import process from "node:process";
import type { CollectorRun } from "../../model/sample.ts";
import type { OwnCost } from "./model.ts";

/** What leakwatch itself has used since it started: a tool that looks for leaks shows its own figures. */
export function ownCost(collectors: readonly CollectorRun[]): OwnCost {
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  return {
    cpu_seconds: cpuSeconds,
    cpu_ratio: cpuSeconds / Math.max(process.uptime(), 0.001),
    rss_bytes: Deno.memoryUsage().rss,
    collectors: collectors.map((run) => ({ ...run })),
  };
}
