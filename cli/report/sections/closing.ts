import { groupAlerts } from "../../../model/alert_line.ts";
import { formatAmount, formatBytes, formatCount, formatRatio, plural } from "../../../model/format.ts";
import type { Analysis } from "../../analyze/model.ts";
import type { Section } from "../document.ts";
import { shortSection } from "../document.ts";
import { left, leftOut, right, shown, verdictCell } from "./common.ts";

/** Alert rules that hold now. */
export function alertSection(analysis: Analysis): Section {
  const source = "leakwatch rules --print";
  const firing = analysis.alerts.filter((alert) => alert.state === "firing");
  if (firing.length === 0) return shortSection("ALERTS", source, "none");
  return {
    title: `ALERTS (${formatCount(firing.length)} firing)`,
    source,
    short: null,
    blocks: [{
      kind: "facts",
      facts: groupAlerts(firing).map(({ service, severity, alerts }) => ({
        label: severity,
        value: {
          text: alerts.length === 1
            ? alerts[0]!.message
            : `${service}: ${formatCount(alerts.length)} alerts; ${alerts[0]!.message}`,
          tone: severity === "critical" ? "critical" : "warning",
        },
      })),
    }],
  };
}

/** Sources that stayed dark, why, and how to fix it. */
export function notReadSection(analysis: Analysis): Section {
  const source = "leakwatch doctor";
  if (analysis.unavailable.length === 0) {
    return shortSection("UNAVAILABLE", source, "none: all sources were read");
  }
  return {
    title: "UNAVAILABLE",
    source,
    short: null,
    blocks: [{
      kind: "lines",
      lines: analysis.unavailable.map(({ source, why, hint }) =>
        `${source}: ${why}${hint ? ` → ${hint}` : ""}`
      ),
    }],
  };
}

/** What the run itself took from the machine. */
export function costSection(analysis: Analysis): Section {
  const { own, samples } = analysis;
  const slowest = [...own.collectors].sort((a, b) => b.total_seconds - a.total_seconds).slice(0, 3)
    .filter((run) => run.total_seconds >= 0.001)
    .map((run) => `${run.name} ${(run.total_seconds * 1000).toFixed(0)} ms`);
  return shortSection(
    "COST",
    "/proc/self",
    `leakwatch itself: ${own.cpu_seconds.toFixed(1)} s CPU (${formatRatio(own.cpu_ratio)} of one), ` +
      `${formatBytes(own.rss_bytes)}, ${plural(samples, "sample")}${
        slowest.length ? `; ${slowest.join(", ")}` : ""
      }`,
  );
}

/** Recorded data: a verdict per column. */
export function seriesSection(analysis: Analysis, top: number): Section {
  const rank = ["leak", "growing"];
  const order = (verdict: string) => rank.indexOf(verdict) < 0 ? rank.length : rank.indexOf(verdict);
  const all = [...analysis.series].sort((a, b) =>
    order(a.verdict) - order(b.verdict) || b.confidence - a.confidence
  );
  const kept = shown(all, top);
  return {
    title: `SERIES (${formatCount(all.length)})`,
    source: "recorded data",
    short: all.length === 0 ? "no numeric column in the recorded data" : null,
    blocks: all.length === 0 ? [] : [
      {
        kind: "table",
        columns: [
          { ...left("FILE", 24), cut: "start" },
          left("COLUMN"),
          right("POINTS"),
          right("RATE/h"),
          right("SURE"),
          left("VERDICT"),
        ],
        rows: kept.map((series) => [
          series.source.split("/").at(-1)!,
          series.name,
          formatCount(series.points),
          series.rate_per_hour ? formatAmount(series.rate_per_hour.mid, series.unit) : "",
          formatRatio(series.confidence),
          verdictCell(series.verdict),
        ]),
        note: leftOut(kept.length, all.length),
      },
      ...analysis.timeline.series.map((each): Section["blocks"][number] => ({
        kind: "chart",
        title: `${each.name} · ${each.source}`,
        unit: each.unit,
        stacked: false,
        time_seconds: each.time_seconds,
        lines: [{ name: each.name, values: each.values }],
      })),
    ],
  };
}
