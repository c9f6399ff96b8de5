/**
 * Two collectors of one watch: `cgroups` walks the tree and reads the details now and then, `cgroup_usage` reads usage (through
 * kept handles) and composition at every sample.
 */

import type { Collector, CollectorContext } from "../collector.ts";

/** Containers and units: discovery, limits, composition, events, pressure. */
export function cgroupsCollector({ cgroups: watch }: CollectorContext): Collector {
  return {
    name: "cgroups",
    source: "/sys/fs/cgroup",
    tier: "normal",
    collect: (sample) => watch.collectDetails(sample),
    close: () => watch.close(),
  };
}

/** Their usage and composition at every sample. */
export function cgroupUsageCollector({ cgroups: watch }: CollectorContext): Collector {
  return {
    name: "cgroup_usage",
    source: "/sys/fs/cgroup/…/memory.current, memory.stat",
    tier: "fast",
    collect: (_sample, { force = false }) => watch.collectUsage(force),
  };
}
