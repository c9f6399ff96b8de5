import { formatBytes, formatChange, formatDuration, formatRatio } from "../../../model/format.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Cell, Facts, Section } from "../document.ts";

const SOURCE = "/proc/meminfo, /proc/pressure/memory, /proc/vmstat";

/** The machine in four lines: what memory is used for (adding up to MemTotal), what is available, swap and pressure. */
export function machineSection(analysis: Analysis): Section {
  const system = analysis.system;
  const memory = system?.memory;
  if (!system || !memory) {
    return {
      title: "MACHINE",
      source: SOURCE,
      short: "memory could not be read; see UNAVAILABLE",
      blocks: [],
    };
  }
  const facts = [
    compositionFact(analysis),
    { label: "available", value: availableMessage(analysis) },
    { label: "swap", value: swapMessage(analysis) },
    { label: "pressure", value: pressureMessage(analysis) },
  ];
  if (system.oom_kills) {
    facts.push({
      label: "OOM kills",
      value: {
        text: `${system.oom_kills} while watching: journalctl -k -g "Out of memory"`,
        tone: "critical",
      },
    });
  }
  const timeline = analysis.timeline;
  return {
    title: "MACHINE",
    source: SOURCE,
    short: null,
    blocks: [{ kind: "facts", facts }, {
      kind: "chart",
      title: "Memory by use",
      unit: "bytes",
      stacked: true,
      time_seconds: timeline.time_seconds,
      lines: [
        { name: "programs", values: timeline.anon_bytes },
        { name: "shared", values: timeline.shmem_bytes },
        { name: "page cache", values: timeline.page_cache_bytes },
        { name: "slab", values: timeline.slab_bytes },
      ],
    }],
  };
}

/** Rows of the memory map that one word covers for a tired reader; what is in none of them is the kernel. */
const PLAIN: [string, string[]][] = [
  ["programs", ["programs"]],
  ["shared", ["shared_memory"]],
  ["page cache", ["page_cache", "buffers", "swap_cache"]],
  ["kernel", []],
  ["unaccounted", ["unaccounted"]],
  ["free", ["free"]],
];

/** All parts in the unit of the total, so that the eye can add them up. */
function compositionFact({ system }: Analysis): Facts["facts"][number] {
  const total = system!.memory!.total_bytes;
  const [size, unit] = total >= 1024 ** 3 ? [1024 ** 3, "GiB"] : [1024 ** 2, "MiB"];
  const named = new Set(PLAIN.flatMap(([, keys]) => keys));
  const parts = PLAIN.map(([word, keys]) => {
    const rows = system!.composition.filter((row) =>
      keys.length ? keys.includes(row.key) : !named.has(row.key)
    );
    return { word, tenths: Math.round(rows.reduce((sum, row) => sum + row.bytes, 0) / size * 10) };
  });
  // Rounded parts must add up too: the largest one takes the difference.
  const largest = parts.reduce((most, part) => part.tenths > most.tenths ? part : most);
  largest.tenths += Math.round(total / size * 10) - parts.reduce((sum, part) => sum + part.tenths, 0);
  const words = parts.map(({ word, tenths }) => `${word} ${(tenths / 10).toFixed(1)}`);
  return { label: `${(total / size).toFixed(1)} ${unit}`, value: words.join(" + ") };
}

/** Each row of the memory map, with what it means where there is room. */
export function memoryMapSection(analysis: Analysis): Section {
  const source = "/proc/meminfo; adds up to MemTotal";
  const system = analysis.system;
  if (!system?.memory) return { title: "WHERE IS MY MEMORY", source, short: "not readable", blocks: [] };
  const watched = analysis.duration_seconds > 0;
  return {
    title: "WHERE IS MY MEMORY",
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        { title: "WHAT", align: "left" },
        { title: "SIZE", align: "right" },
        { title: "SHARE", align: "right" },
        ...(watched ? [{ title: "CHANGE", align: "right" as const }] : []),
        { title: "MEANING", align: "left", wideOnly: true },
      ],
      rows: system.composition.map((row) => [
        row.name,
        formatBytes(row.bytes),
        formatRatio(row.ratio),
        ...(watched ? [formatChange(row.growth_bytes)] : []),
        row.meaning,
      ]),
    }, { kind: "lines", lines: system.notes }],
  };
}

function availableMessage({ system, findings, duration_seconds }: Analysis): Cell {
  const memory = system!.memory!;
  const text = `${formatBytes(memory.available_bytes)} (${
    formatRatio(memory.available_bytes / memory.total_bytes)
  })`;
  const trend = findings.find((finding) => finding.kind === "system-memory");
  const limit = trend?.time_to_limit_seconds;
  const rest = limit
    ? `, exhausted in ${formatDuration(limit.low)}${
      limit.high === null ? " or later" : ` to ${formatDuration(limit.high)}`
    }`
    : changeMessage(system!.available_change_bytes_per_hour, memory.total_bytes, duration_seconds);
  return limit ? { text: text + rest, tone: "critical" } : text + rest;
}

/** Less than 1 % of the machine in an hour is no news; a rate out of a few seconds is no rate. */
function changeMessage(perHour: number | null, total: number, seconds: number): string {
  if (perHour === null) return "";
  const change = perHour * seconds / 3600;
  if (Math.abs(perHour) < total / 100 || Math.abs(change) < total / 5000) return ", steady";
  if (seconds < 60) return `, ${formatChange(change)} in ${formatDuration(Math.round(seconds))}`;
  return `, ${perHour < 0 ? "falling" : "rising"} ${formatBytes(Math.abs(perHour))}/h over this window`;
}

function swapMessage({ system, duration_seconds }: Analysis): Cell {
  const { swap_total_bytes: total, swap_free_bytes: free } = system!.memory!;
  if (total === 0) return "none";
  const moved = (system!.swap_in_bytes ?? 0) + (system!.swap_out_bytes ?? 0);
  const traffic = duration_seconds === 0 || system!.swap_in_bytes === null
    ? ""
    : moved === 0
    ? ", no traffic"
    : `, ${formatBytes(system!.swap_in_bytes)} in and ${
      formatBytes(system!.swap_out_bytes)
    } out while watching`;
  return `${formatBytes(total - free)} of ${formatBytes(total)} used${traffic}`;
}

function pressureMessage({ system, duration_seconds }: Analysis): Cell {
  const pressure = system!.pressure?.memory;
  if (!pressure) return "not measured by this kernel";
  const stall = system!.memory_stall_some_ratio;
  if (stall === null) {
    const average = pressure.some.avg60_percent;
    return average === 0
      ? "none in the last minute"
      : { text: `tasks waited for memory ${average} % of the last minute`, tone: "warning" };
  }
  if (stall < 0.0005) return `none in the last ${formatDuration(duration_seconds)}`;
  const text = `tasks waited for memory ${formatRatio(stall)} of the time` +
    (system!.memory_stall_full_ratio ? `, all of them ${formatRatio(system!.memory_stall_full_ratio)}` : "");
  return stall > 0.1 ? { text, tone: "warning" } : text;
}

/** Free blocks by order, as the buddy allocator sees them. */
export function fragmentationSection(analysis: Analysis): Section {
  const source = "/proc/buddyinfo";
  const zones = analysis.kernel?.zones;
  if (!zones?.length) return { title: "FRAGMENTATION", source, short: "not readable", blocks: [] };
  return {
    title: "FRAGMENTATION",
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        { title: "NODE", align: "right" },
        { title: "ZONE", align: "left" },
        { title: "FREE", align: "right" },
        { title: "UNUSABLE 64 KiB", align: "right" },
        { title: "UNUSABLE 2 MiB", align: "right" },
        { title: "LARGEST FREE BLOCK", align: "right" },
      ],
      rows: zones.map((zone) => [
        String(zone.node),
        zone.zone,
        formatBytes(zone.free_bytes),
        formatRatio(zone.unusable[4] ?? null),
        formatRatio(zone.unusable[9] ?? null),
        largestBlock(zone.free_blocks, analysis.host?.page_bytes ?? 4096),
      ]),
    }],
  };
}

function largestBlock(blocks: readonly number[], pageBytes: number): string {
  const order = blocks.findLastIndex((count) => count > 0);
  return order < 0 ? "none" : formatBytes(pageBytes * 2 ** order);
}
