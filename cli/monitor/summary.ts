/**
 * The summary of a session, for whoever is woken at three: verdict first, then what the machine went through, then
 * where to look further. A report document, so that it reads like every other report of leakwatch.
 */

import { processLeakableBytes } from "../../model/leakable.ts";
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatRatio,
  formatTime,
  plural,
} from "../../model/format.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import type { Alert, Finding } from "../../model/finding.ts";
import type { OwnCost } from "../analyze/model.ts";
import { type Cell, type ReportDocument, type Section, shortSection } from "../report/document.ts";
import { left, right } from "../report/sections/common.ts";
import { findingBrief } from "../report/sections/finding_message.ts";
import { judgedRest, risingLine, suspectsOf } from "../report/sections/verdict.ts";
import { groupAlerts } from "../../model/alert_line.ts";
import type { RunningStats } from "./running_stats.ts";
import { type EarlierSuspect, isSuspect, type SessionStats } from "./session_stats.ts";

export interface SummaryInput {
  version: string;
  sample: Sample;
  stats: SessionStats;
  findings: readonly Finding[];
  /** Pending and firing now. */
  alerts: readonly Alert[];
  interval_seconds: number;
  /** null while the session runs. */
  end_reason: string | null;
  own: OwnCost;
  /** leakwatch's own resident set over the session. */
  own_rss: RunningStats;
  files: readonly { path: string; bytes: number }[];
  /** What this kind of session adds, behind the verdict. */
  more: readonly Section[];
  /** Logs that cannot be written now. */
  errors: readonly { file: string; why: string; lost_lines: number }[];
}

const TOP_PROCESSES = 10;
const SHOWN_ALERTS = 10;
const SHOWN_EARLIER = 10;
const SHOWN_RESOLVED = 5;

export function summaryDocument(input: SummaryInput): ReportDocument {
  return {
    title: `leakwatch ${input.version} on ${input.sample.host.hostname}`,
    heading: headingOf(input),
    sections: [
      verdictSection(input),
      machineSection(input),
      ...evidenceSection(input),
      ...earlierSections(input),
      ...input.more,
      ...topSection(input),
      alertSection(input),
      watchSection(input),
      notReadSection(input),
      costSection(input),
      fileSection(input),
    ],
  };
}

const ENDS: Record<string, string> = {
  duration: "ended as planned",
  stopped: "stopped early",
  error: "ended by an error",
};

function headingOf({ sample, stats, interval_seconds, end_reason }: SummaryInput): string {
  const start = stats.started_wall_seconds ?? sample.wall_seconds;
  return [
    `Linux ${sample.host.kernel_release}`,
    `${plural(stats.samples, "sample")} every ${formatDuration(interval_seconds)}`,
    `${timeOf(start)} to ${timeOf(stats.last_wall_seconds)} (${
      formatDuration(Math.round(stats.last_wall_seconds - start))
    })`,
    end_reason === null ? "still running" : ENDS[end_reason] ?? end_reason,
  ].join(" · ");
}

const timeOf = (seconds: number): string => formatTime(new Date(seconds * 1000).toISOString());

function verdictSection({ sample, findings, stats }: SummaryInput): Section {
  const suspects = findings.filter(isSuspect);
  const evaluated = [
    plural(sample.processes.filter((process) => !process.is_kernel_thread).length, "process", "processes"),
    sample.containers.length > 0 ? plural(sample.containers.length, "container") : null,
    sample.slab_caches ? plural(sample.slab_caches.length, "slab cache") : null,
  ].filter(Boolean).join(", ");
  const seconds = stats.last_wall_seconds - (stats.started_wall_seconds ?? stats.last_wall_seconds);
  return {
    title: "VERDICT",
    source: "",
    short: null,
    blocks: [{
      kind: "suspects",
      suspects: suspectsOf(suspects, sample.processes, sample.containers),
      rising: risingLine(findings),
      rest: judgedRest(evaluated, stats.samples, seconds, suspects.length > 0),
    }],
  };
}

/** Why, and every way to go on: what the first lines have no room for. */
function evidenceSection({ findings, sample }: SummaryInput): Section[] {
  const suspects = suspectsOf(findings.filter(isSuspect), sample.processes, sample.containers);
  if (suspects.length === 0) return [];
  return [{
    title: "EVIDENCE",
    source: "",
    short: null,
    blocks: [{
      kind: "lines",
      lines: suspects.flatMap(({ brief, command, evidence, next_steps }): Cell[] => [
        { text: brief, tone: "strong" },
        ...(command ? [{ text: `  ${command}`, tone: "quiet" as const }] : []),
        `  ${evidence}`,
        ...next_steps.map(({ kind, line }): Cell => `  ${kind}: ${line}`),
      ]),
    }],
  }];
}

/** Suspects of earlier: whose process ended, and which were withdrawn, and why. */
function earlierSections({ stats, findings, sample }: SummaryInput): Section[] {
  const earlier = stats.earlierSuspects(findings);
  const isEnded = ({ finding: { subject }, withdrawn }: EarlierSuspect) =>
    withdrawn === null && subject.pid !== null &&
    !sample.processes.some((process) =>
      process.pid === subject.pid && process.start_ticks === subject.start_ticks
    );
  const section = (title: string, source: string, suspects: readonly EarlierSuspect[]): Section[] =>
    suspects.length === 0 ? [] : [{
      title: `${title} (${formatCount(suspects.length)})`,
      source,
      short: null,
      blocks: [{
        kind: "lines",
        lines: [
          ...suspects.slice(0, SHOWN_EARLIER).map(({ finding, first_seconds, last_seconds, withdrawn }) =>
            `${timeOf(first_seconds)} to ${timeOf(last_seconds)}: ${findingBrief(finding)}${
              withdrawn ? `; ${withdrawn}` : ""
            }`
          ),
          ...(suspects.length > SHOWN_EARLIER ? [`and ${suspects.length - SHOWN_EARLIER} more`] : []),
        ],
      }],
    }];
  return [
    ...section("ENDED", "suspects whose process is gone", earlier.filter(isEnded)),
    ...section("WITHDRAWN", "suspects that turned out not to leak", earlier.filter((each) => !isEnded(each))),
  ];
}

function machineSection({ sample, stats }: SummaryInput): Section {
  const source = "/proc/meminfo, /proc/vmstat, /proc/pressure/memory";
  if (!sample.memory) return shortSection("MACHINE", source, "could not be read");
  const { running } = stats;
  const row = (name: string, values: RunningStats): Cell[] => [
    name,
    ...[values.low, values.mean, values.high, values.last].map((value) => formatBytes(value)),
    formatChange(values.change),
  ];
  const rows = [
    row("used", running.used),
    row("available", running.available),
    row("programs (anonymous)", running.anon),
    row("page cache", running.cached),
    row("kernel slab", running.slab),
    row("unaccounted", running.unaccounted),
  ];
  if (sample.memory.swap_total_bytes > 0) rows.push(row("swap used", running.swap_used));
  return {
    title: `MACHINE (${formatBytes(sample.memory.total_bytes)})`,
    source,
    short: null,
    blocks: [
      {
        kind: "table",
        columns: [left(""), right("LOWEST"), right("MEAN"), right("HIGHEST"), right("NOW"), right("CHANGE")],
        rows,
      },
      { kind: "lines", lines: [trafficLine(sample, stats)] },
    ],
  };
}

function trafficLine(
  { memory }: Sample,
  { running, started_wall_seconds, last_wall_seconds }: SessionStats,
): string {
  const seconds = last_wall_seconds - (started_wall_seconds ?? last_wall_seconds);
  const swapped = [running.swap_in.change, running.swap_out.change];
  const stalled = (values: RunningStats) =>
    values.change === null || seconds <= 0 ? null : values.change / 1e6 / seconds;
  const some = stalled(running.stall_some);
  return [
    memory?.swap_total_bytes === 0
      ? "no swap"
      : swapped.every((bytes) => bytes === 0)
      ? "no swap traffic"
      : `swapped in ${formatBytes(swapped[0]!)}, out ${formatBytes(swapped[1]!)}`,
    some === null
      ? "pressure unknown"
      : `stalled on memory ${formatRatio(some)} of the time (all tasks ${
        formatRatio(stalled(running.stall_full))
      })`,
    running.oom_kills.change === null
      ? "out-of-memory kills unknown"
      : plural(running.oom_kills.change, "out-of-memory kill"),
  ].join(" · ");
}

function topSection({ sample, stats }: SummaryInput): Section[] {
  const top = sample.processes.toSorted((a, b) => b.rss_bytes - a.rss_bytes).slice(0, TOP_PROCESSES);
  if (top.length === 0) return [];
  return [{
    title: "TOP BY MEMORY",
    source: "/proc/PID/statm, status; growth since this session first saw it",
    short: null,
    blocks: [{
      kind: "table",
      columns: [
        right("PID"),
        left("NAME", 20),
        left("USER", 12),
        right("RSS"),
        right("PRIVATE"),
        right("SWAP"),
        right("FDS"),
        right("GROWTH"),
      ],
      rows: top.map((process) => processRow(process, stats)),
    }],
  }];
}

const processRow = (process: ProcessSample, stats: SessionStats): Cell[] => [
  String(process.pid),
  process.name,
  process.user,
  formatBytes(process.rss_bytes),
  formatBytes(processLeakableBytes(process)),
  formatBytes(process.swap_bytes),
  formatCount(process.open_descriptors),
  formatChange(stats.growthOf(process)),
];

function alertSection({ alerts, stats }: SummaryInput): Section {
  const source = "the alerts log";
  const firing = alerts.filter((alert) => alert.state === "firing");
  const changes = stats.alert_changes;
  if (firing.length === 0 && changes.length === 0) return shortSection("ALERTS", source, "none");
  const over = changes.filter(({ alert }) => alert.state === "resolved").slice(-SHOWN_RESOLVED);
  const left = stats.alert_changes_dropped + changes.length - firing.length - over.length;
  const groups = groupAlerts(firing);
  return {
    title: `ALERTS (${formatCount(firing.length)} firing)`,
    source,
    short: null,
    blocks: [{
      kind: "lines",
      lines: [
        ...groups.slice(0, SHOWN_ALERTS).map((group): Cell => ({
          text: group.alerts.length === 1
            ? `${group.severity.padEnd(8)} ${group.alerts[0]!.message}`
            : `${group.severity.padEnd(8)} ${group.service}: ${formatCount(group.alerts.length)} alerts; ${
              group.alerts[0]!.message
            }`,
          tone: group.severity === "critical" ? "critical" : "warning",
        })),
        ...over.map(({ wall_seconds, alert }): Cell => ({
          text: `${timeOf(wall_seconds)} ${alert.message}`,
          tone: "quiet",
        })),
        ...(left > 0 ? [`and ${formatCount(left)} earlier; the alerts log has all`] : []),
      ],
    }],
  };
}

/** Whether the watching itself went as it should. */
function watchSection({ stats, errors }: SummaryInput): Section {
  const lines = [
    stats.gaps > 0 ? `${plural(stats.gaps, "gap")}: the machine slept, or its clock was set` : null,
    stats.late_samples > 0
      ? `${plural(stats.late_samples, "late sample")}, by at most ${formatDuration(stats.latest_seconds)}`
      : null,
    ...errors.map(({ file, why, lost_lines }) =>
      `${file} cannot be written: ${why}${lost_lines > 0 ? `; ${plural(lost_lines, "line")} lost` : ""}`
    ),
  ].filter((line) => line !== null);
  const source = "leakwatch itself";
  if (lines.length === 0) {
    return shortSection("WATCHING", source, "no gap, no late sample, every log written");
  }
  return { title: "WATCHING", source, short: null, blocks: [{ kind: "lines", lines }] };
}

function notReadSection({ sample }: SummaryInput): Section {
  const source = "leakwatch doctor";
  if (sample.unavailable.length === 0) {
    return shortSection("UNAVAILABLE", source, "none: all sources were read");
  }
  const lines = sample.unavailable.map(({ source, why, hint }) =>
    `${source}: ${why}${hint ? ` → ${hint}` : ""}`
  );
  return { title: "UNAVAILABLE", source, short: null, blocks: [{ kind: "lines", lines }] };
}

function costSection({ own, own_rss, stats }: SummaryInput): Section {
  const perSample = own.cpu_seconds * 1000 / Math.max(1, stats.samples);
  return shortSection(
    "COST",
    "/proc/self",
    `leakwatch itself: ${own.cpu_seconds.toFixed(1)} s CPU (${formatRatio(own.cpu_ratio)} of one, ` +
      `${perSample.toFixed(1)} ms a sample with its start), ${formatBytes(own.rss_bytes)} ` +
      `(${formatBytes(own_rss.low)} to ${formatBytes(own_rss.high)})`,
  );
}

function fileSection({ files }: SummaryInput): Section {
  return {
    title: "FILES",
    source: "analyze again: leakwatch analyze --from DIRECTORY",
    short: null,
    blocks: [{
      kind: "table",
      columns: [left("FILE"), right("SIZE")],
      rows: files.map(({ path, bytes }) => [path, formatBytes(bytes)]),
    }],
  };
}
