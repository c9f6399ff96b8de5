import {
  formatBytes,
  formatChange,
  formatCount,
  formatCountChange,
  formatDuration,
  formatRatio,
  plural,
} from "../../../model/format.ts";
import type { Analysis, AnalyzedProcess } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { kindNames } from "./descriptors.ts";

/** All that is known of the processes that were asked for with --pid. */
export function askedSections(analysis: Analysis): Section[] {
  return analysis.pids.flatMap((pid) => {
    const process = analysis.processes.find((each) => each.pid === pid);
    return process ? [processSection(analysis, process)] : [];
  });
}

function processSection(analysis: Analysis, process: AnalyzedProcess): Section {
  const growth = process.growth;
  const change = (words: string | null) =>
    words && words !== "0" ? ` (${words} in ${formatDuration(Math.round(growth!.seconds))})` : "";
  const parent = analysis.processes.find((each) => each.pid === process.ppid);
  const children = analysis.processes.filter((each) => each.ppid === process.pid);
  const age = (analysis.host?.boot_time_seconds ?? 0) + (analysis.host?.uptime_seconds ?? 0) -
    process.started_at_seconds;
  const facts: [string, string | null][] = [
    ["command", process.command],
    [
      "executable",
      process.executable && `${process.executable}${process.runtime ? ` (${process.runtime})` : ""}`,
    ],
    [
      "runs as",
      `${process.user} (${process.uid}), state ${process.state}, for ${formatDuration(Math.max(0, age))}`,
    ],
    ["parent", `${parent ? `${parent.name} ` : ""}${process.ppid}`],
    ["children", children.length ? children.map((child) => `${child.name} ${child.pid}`).join(", ") : null],
    ["unit", process.unit],
    ["container", process.container],
    [
      "memory",
      `RSS ${formatBytes(process.rss_bytes)}${change(growth && formatChange(growth.rss_bytes))}, anonymous ${
        formatBytes(process.anon_bytes)
      }, shared memory ${formatBytes(process.shmem_bytes)}, swap ${formatBytes(process.swap_bytes)}, peak ${
        formatBytes(process.peak_rss_bytes)
      }`,
    ],
    [
      "shared",
      `PSS ${formatBytes(process.pss_bytes)}, private (USS) ${formatBytes(process.uss_bytes)}, page tables ${
        formatBytes(process.page_tables_bytes)
      }`,
    ],
    [
      "virtual",
      `${formatBytes(process.vsz_bytes)}${change(growth && formatChange(growth.vsz_bytes))}${
        process.mappings === null ? "" : ` in ${plural(process.mappings, "mapping")}`
      }`,
    ],
    [
      "descriptors",
      `${formatCount(process.open_descriptors)}${
        change(growth && formatCountChange(growth.open_descriptors))
      } of ${formatCount(process.descriptor_limit)}${
        process.descriptor_kinds ? `: ${kindNames(process.descriptor_kinds)}` : ""
      }`,
    ],
    ["threads", `${formatCount(process.threads)}${change(growth && formatCountChange(growth.threads))}`],
    [
      "work",
      growth?.cpu_seconds == null
        ? null
        : `${formatRatio(growth.cpu_seconds / Math.max(growth.seconds, 0.001))} of a CPU while watching`,
    ],
    ["verdict", process.verdict],
  ];
  return {
    title: `PROCESS ${process.pid} ${process.name}`,
    source: `/proc/${process.pid}`,
    short: null,
    blocks: [{
      kind: "facts",
      facts: facts.flatMap(([label, value]) => value === null ? [] : [{ label, value }]),
    }],
  };
}
