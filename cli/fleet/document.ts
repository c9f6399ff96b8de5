/** A fleet's report as sections, for text, Markdown and HTML alike. */

import type { FleetReport, FleetWorkload } from "../../fleet/mod.ts";
import { isAccused } from "../../fleet/mod.ts";
import { formatAmount, formatBytes, formatCount, formatDuration, plural } from "../../model/format.ts";
import type { Cell, Column, ReportDocument, Section } from "../report/document.ts";
import { shortSection } from "../report/document.ts";
import { left, leftOut, right, shown } from "../report/sections/common.ts";
import { workloadCharts } from "./charts.ts";
import { fleetSuspect, nameOf, rateText, verdictText } from "./sentences.ts";

const SUSPECTS = 10;

/** `top`: rows per table, 0 is all. */
export function fleetDocument(report: FleetReport, top: number, withCharts: boolean): ReportDocument {
  return {
    title: titleOf(report),
    heading: headingOf(report),
    sections: [
      verdictSection(report, top),
      ...(withCharts ? chartSection(report) : []),
      growthSection(report, top),
      echoSection(report, top),
      metricSection(report),
      notReadSection(report),
      costSection(report),
    ].filter((section) => section !== null),
  };
}

/** "12 of 517 workloads leak (3 since a roll-out), 2 meet their limit within a day". */
function titleOf({ counts }: FleetReport): string {
  const of = `${formatCount(counts.leaking)} of ${plural(counts.workloads, "workload")} ${
    counts.leaking === 1 ? "leaks" : "leak"
  }`;
  const since = counts.leaking_since_version > 0 ? ` (${counts.leaking_since_version} since a roll-out)` : "";
  const full = counts.full_within_a_day;
  return of + since +
    (full > 0 ? `, ${full} ${full === 1 ? "meets its" : "meet their"} limit within a day` : "");
}

function headingOf({ counts, source }: FleetReport): string {
  const days = (Date.parse(source.end) - Date.parse(source.start)) / 1000;
  return [
    counts.namespaces > 0 ? plural(counts.namespaces, "namespace") : null,
    counts.hosts > 0 ? plural(counts.hosts, "host") : null,
    plural(counts.series, "series", "series"),
    formatDuration(days),
    `${millions(counts.points)} points`,
    `from ${source.url}`,
    source.version === null ? null : `${source.engine} ${source.version}`,
  ].filter(Boolean).join(" · ");
}

const millions = (count: number) => count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : formatCount(count);

function verdictSection({ workloads, counts }: FleetReport, top: number): Section {
  const accused = workloads.filter(isAccused);
  const kept = top === 0 ? accused : accused.slice(0, Math.max(SUSPECTS, top));
  const growing = workloads.filter(({ verdict, caused_by }) => verdict === "growing" && caused_by === null);
  const more = accused.length - kept.length;
  const others = counts.workloads - accused.length - growing.length;
  return {
    title: "VERDICT",
    source: "",
    short: null,
    blocks: [{
      kind: "suspects",
      suspects: kept.map(fleetSuspect),
      rising: growing.length === 0 ? null : risingLine(growing),
      rest: {
        word: accused.length > 0 ? "rest" : "no leak",
        message: (more > 0 ? `${plural(more, "more leak")} (--top 0 lists all); ` : "") +
          `${plural(others, "workload")}: nothing ${
            accused.length + growing.length > 0 ? "else " : ""
          }grows.`,
      },
    }],
  };
}

const RISING_SHOWN = 3;

function risingLine(growing: readonly FleetWorkload[]): string {
  const names = growing.slice(0, RISING_SHOWN).map((each) => `${nameOf(each)} ${rateText(each)}`);
  const others = growing.length - names.length;
  return `${names.join(", ")}${
    others > 0 ? ` and ${formatCount(others)} more` : ""
  }: not proven to be leaks; a longer window decides.`;
}

function chartSection({ workloads }: FleetReport): Section[] {
  const blocks = workloadCharts(workloads.filter(isAccused));
  return blocks.length === 0 ? [] : [{ title: "REPLICAS", source: "", short: null, blocks }];
}

/** Whoever grows, fastest of its level first: also those that are not called a leak. */
function growthSection({ workloads }: FleetReport, top: number): Section {
  const growing = workloads.filter(({ rate_per_hour: rate, verdict }) =>
    rate !== null && rate.mid > 0 &&
    !["stable", "shrinking", "periodic", "insufficient-data"].includes(verdict)
  ).sort((a, b) => perDay(b) - perDay(a));
  const source = "growth per hour: median replica";
  if (growing.length === 0) return shortSection("TOP BY GROWTH", source, "nothing grows");
  const kept = shown(growing, top);
  const columns: Column[] = [
    { ...left("WORKLOAD", 34), cut: "start" },
    left("MEASURED", 20),
    right("GROWTH/h"),
    right("REPLICAS"),
    right("LIMIT"),
    right("FULL IN"),
    left("VERDICT"),
  ];
  return {
    title: "TOP BY GROWTH",
    source,
    short: null,
    blocks: [{
      kind: "table",
      columns,
      rows: kept.map((each): Cell[] => [
        nameOf(each),
        each.what,
        each.rate_per_hour === null ? "" : `+${formatAmount(each.rate_per_hour.mid, each.unit)}`,
        each.replicas_leaking > 0 ? `${each.replicas_leaking} of ${each.replicas}` : "",
        each.limit === null ? "" : formatAmount(each.limit, each.unit),
        each.time_to_limit_seconds === null ? "" : formatDuration(each.time_to_limit_seconds.low),
        verdictText(each),
      ]),
      note: leftOut(kept.length, growing.length),
    }],
  };
}

/** Bytes weigh as they are, pieces as a kilobyte each. */
const perDay = ({ rate_per_hour, unit }: FleetWorkload) =>
  (rate_per_hour?.mid ?? 0) * (unit === "count" ? 1024 : 1);

function echoSection({ workloads }: FleetReport, top: number): Section | null {
  const echoes = workloads.filter(({ caused_by, verdict }) =>
    caused_by !== null && verdict.startsWith("leak")
  );
  if (echoes.length === 0) return null;
  const kept = shown(echoes, top);
  return {
    title: "THE SAME GROWTH SEEN ELSEWHERE",
    source: "not counted as leaks of their own",
    short: null,
    blocks: [{
      kind: "lines",
      lines: [
        ...kept.map((each) => {
          const cause = workloads.find(({ metric, key }) =>
            metric === each.caused_by!.metric && key === each.caused_by!.key
          );
          return `${nameOf(each)} ${each.what} ${rateText(each)}, as ${
            cause ? `${nameOf(cause)} ${cause.what}` : "its cause"
          } does`;
        }),
        ...(echoes.length > kept.length ? [leftOut(kept.length, echoes.length)!] : []),
      ],
    }],
  };
}

function metricSection({ metrics, source }: FleetReport): Section {
  return {
    title: `METRICS (${metrics.length})`,
    source: `averages of the server, ${source.start} to ${source.end}`,
    short: null,
    blocks: [{
      kind: "table",
      columns: [left("METRIC", 60), right("SERIES"), right("STEP"), right("SCRAPED EVERY")],
      rows: metrics.map((each) => [
        each.name,
        formatCount(each.series),
        formatDuration(each.step_seconds),
        formatDuration(each.scrape_interval_seconds),
      ]),
    }],
  };
}

const UNREAD = 20;

function notReadSection({ unavailable }: FleetReport): Section {
  if (unavailable.length === 0) return shortSection("UNAVAILABLE", "", "none: the server answered in full");
  const lines = unavailable.slice(0, UNREAD).map(({ source, why, hint }) =>
    `${source}: ${why}${hint ? ` → ${hint}` : ""}`
  );
  const others = unavailable.length - lines.length;
  return {
    title: `UNAVAILABLE (${unavailable.length})`,
    source: "",
    short: null,
    blocks: [{ kind: "lines", lines: others > 0 ? [...lines, `and ${others} more`] : lines }],
  };
}

function costSection({ own }: FleetReport): Section {
  const phases = Object.entries(own.seconds).filter(([name, seconds]) => name !== "total" && seconds >= 0.05)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`);
  return shortSection(
    "COST",
    "",
    `${plural(own.queries, "query", "queries")}, ${formatBytes(own.response_bytes)} of answers, ` +
      `${formatDuration(Math.round(own.seconds["total"] ?? 0))} (${phases.join(", ")}); ` +
      `leakwatch itself: ${own.cpu_seconds.toFixed(1)} s CPU, ${formatBytes(own.rss_bytes)}`,
  );
}
