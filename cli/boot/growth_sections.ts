/** What the summary of a boot says beyond that of any session: growth since boot, against earlier boots, with what work. */

import { formatBytes, formatChange, formatDuration, formatTime, plural } from "../../model/format.ts";
import type { MemoryInfo, Sample, SlabCache } from "../../model/sample.ts";
import { type Cell, type Section, shortSection } from "../report/document.ts";
import { left, right } from "../report/sections/common.ts";
import { type Comparison, comparisonMessage } from "./earlier_boots.ts";
import type { SystemLog } from "./system_log.ts";

/** The first sample of this boot, copied. */
export interface Baseline {
  wall_seconds: number;
  uptime_seconds: number;
  memory: MemoryInfo;
  slab: Map<string, number>;
}

export function baselineOf(sample: Sample): Baseline | null {
  return sample.memory && {
    wall_seconds: sample.wall_seconds,
    uptime_seconds: sample.host.uptime_seconds,
    memory: { ...sample.memory },
    slab: new Map(sample.slab_caches?.map((cache) => [cache.name, cache.size_bytes])),
  };
}

const SHOWN_CACHES = 8;
/** Smaller changes of a cache are nothing to speak of. */
const CACHE_CHANGE_BYTES = 256 * 1024;

export interface SinceBootInput {
  sample: Sample;
  baseline: Baseline;
  /** Used memory at the very first sample of this boot, where an earlier start of the service took it. */
  first_used_bytes: number;
  /** Seconds since the watch of this boot began. */
  watched_seconds: number;
  comparisons: readonly Comparison[];
  activity: string;
}

export function sinceBootSection(input: SinceBootInput): Section {
  const { sample, baseline, first_used_bytes, watched_seconds, comparisons, activity } = input;
  const source = "/proc/meminfo, earlier boot-*_memory.log";
  if (!sample.memory) return shortSection("SINCE BOOT", source, "could not be read");
  const used = sample.memory.total_bytes - sample.memory.available_bytes;
  const growth = used - first_used_bytes;
  const lines: Cell[] = [
    `${formatBytes(first_used_bytes)} used ${
      formatDuration(Math.round(baseline.uptime_seconds))
    } after boot (${formatTime(new Date(baseline.wall_seconds * 1000).toISOString())}), ${
      formatBytes(used)
    } now: ${formatChange(growth)} in ${formatDuration(Math.round(watched_seconds))}`,
    `meanwhile ${activity}`,
  ];
  const seen = comparisons.map((comparison): Cell => {
    const above = comparison.used_bytes > comparison.high_bytes * 1.05;
    const text = comparisonMessage(comparison);
    return above ? { text, tone: "warning" } : text;
  });
  lines.push(...(seen.length > 0 ? seen : ["no earlier boot to compare with"]));
  return { title: "SINCE BOOT", source, short: null, blocks: [{ kind: "lines", lines }] };
}

const KERNEL_ROWS: [string, (memory: MemoryInfo) => number | null][] = [
  ["slab, can be given back", (memory) => memory.slab_reclaimable_bytes],
  ["slab, cannot", (memory) => memory.slab_unreclaimable_bytes],
  ["vmalloc", (memory) => memory.vmalloc_used_bytes],
  ["page tables", (memory) => memory.page_tables_bytes],
  ["stacks", (memory) => memory.kernel_stack_bytes],
  ["per CPU", (memory) => memory.percpu_bytes],
  ["unaccounted", (memory) => memory.unaccounted_bytes],
];

export function kernelGrowthSection(sample: Sample, baseline: Baseline): Section {
  const source = "/proc/meminfo, /proc/slabinfo";
  const { memory } = sample;
  if (!memory) return shortSection("KERNEL MEMORY", source, "could not be read");
  const rows = KERNEL_ROWS.map(([name, value]) => [name, value(baseline.memory), value(memory)] as const)
    .filter(([, , now]) => now !== null)
    .map(([name, then, now]) => [
      name,
      formatBytes(then),
      formatBytes(now),
      formatChange(then === null ? null : now! - then),
    ]);
  const columns = [left(""), right("THEN"), right("NOW"), right("CHANGE")];
  const caches = grownCaches(sample.slab_caches ?? [], baseline);
  return {
    title: "KERNEL MEMORY",
    source,
    short: null,
    blocks: [
      { kind: "table", columns, rows },
      caches.length > 0
        ? {
          kind: "table",
          columns: [left("SLAB CACHE"), right("NOW"), right("CHANGE")],
          rows: caches.map(({ name, now, change }) => [name, formatBytes(now), formatChange(change)]),
        }
        : {
          kind: "lines",
          lines: [sample.slab_caches ? "no slab cache grew by much" : "slab caches could not be read"],
        },
    ],
  };
}

function grownCaches(caches: readonly SlabCache[], { slab }: Baseline) {
  return caches.map(({ name, size_bytes }) => ({
    name,
    now: size_bytes,
    change: size_bytes - (slab.get(name) ?? 0),
  })).filter(({ change }) => change >= CACHE_CHANGE_BYTES)
    .sort((a, b) => b.change - a.change).slice(0, SHOWN_CACHES);
}

export function eventSection(log: SystemLog): Section {
  if (!log.source) return shortSection("SYSTEM EVENTS", "", `not read: ${log.why ?? "not yet"}`);
  const { kills, source } = log;
  const worth = `${
    plural(log.count, "warning, error or event about memory", "warnings, errors and events about memory")
  }`;
  if (kills.length === 0) {
    return shortSection("SYSTEM EVENTS", source, `${worth}; nothing was killed out of memory`);
  }
  return {
    title: `SYSTEM EVENTS (${plural(kills.length, "process", "processes")} killed out of memory)`,
    source,
    short: null,
    blocks: [{
      kind: "lines",
      lines: [
        ...kills.slice(-10).map(({ wall_seconds, name, pid, cgroup, anon_bytes, is_limit }): Cell => ({
          text: `${formatTime(new Date(wall_seconds * 1000).toISOString())} ${name} (pid ${pid})` +
            `${cgroup ? ` in ${cgroup.replace(/([0-9a-f]{12})[0-9a-f]{52}/g, "$1")}` : ""}, holding ${
              formatBytes(anon_bytes)
            }: ` +
            (is_limit ? "its cgroup met its limit" : "the machine had no memory left"),
          tone: "critical",
        })),
        worth,
      ],
    }],
  };
}
