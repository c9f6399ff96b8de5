/** Metrics of what leakwatch says. */

import type { Alert, Finding, Severity, Verdict } from "../api.ts";
import type { MetricsRegistry } from "./registry.ts";

const MAX_FINDINGS = 50;
const MAX_ALERTS = 100;

export function findingMetrics(registry: MetricsRegistry, findings: readonly Finding[]): void {
  const told = new Set<string>();
  for (const { kind, subject, verdict, severity, ...finding } of findings.slice(0, MAX_FINDINGS)) {
    const labels = {
      kind,
      subject: subject.pid === null ? subject.name : `${subject.name} (${subject.pid})`,
    };
    // Two findings of one kind about namesakes would add up to one series.
    const key = JSON.stringify(labels);
    if (told.has(key)) continue;
    told.add(key);
    // Verdict and severity change while it is the same finding: its other series must not end with them.
    registry.set(
      "leakwatch_finding_info",
      "1; verdict and severity of a finding; echo 1: another one is its cause",
      1,
      {
        ...labels,
        verdict,
        severity,
        echo: finding.caused_by === null ? "0" : "1",
      },
    );
    registry.set("leakwatch_finding_probability", "That it is a leak, 0 to 1", finding.probability, labels);
    registry.set("leakwatch_finding_confidence", "How sure a verdict is, 0 to 1", finding.confidence, labels);
    registry.set(
      GROWTH[finding.unit],
      "Growth of what a verdict is about",
      finding.rate_per_hour?.mid,
      labels,
    );
    registry.set(
      "leakwatch_finding_time_to_limit_seconds",
      "Soonest time at which its limit is reached",
      finding.time_to_limit_seconds?.low,
      labels,
    );
  }
}

const GROWTH = {
  bytes: "leakwatch_finding_growth_bytes_per_hour",
  count: "leakwatch_finding_growth_count_per_hour",
  percent: "leakwatch_finding_growth_percent_per_hour",
} as const;

/** Counts all, while the series of each are bounded. */
export function findingCounts(registry: MetricsRegistry, verdicts: readonly Verdict[]): void {
  for (const verdict of ["leak", "growing"] as const) {
    const count = verdicts.filter((each) => each === verdict).length;
    registry.set("leakwatch_findings", "Findings by verdict, those without series included", count, {
      verdict,
    });
  }
}

const RANK: Record<Severity, number> = { critical: 0, warning: 1, info: 2 };

export function alertMetrics(
  registry: MetricsRegistry,
  alerts: readonly Alert[],
  turnedAway: Readonly<Record<Severity, number>> | undefined,
): void {
  for (const [severity, count] of Object.entries(turnedAway ?? {})) {
    registry.set("leakwatch_alerts_turned_away", "Alerts that hold and for which there is no room", count, {
      severity,
    });
  }
  // The gravest first, lest the many push them out.
  const firing = alerts.filter((alert) => alert.state === "firing")
    .sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const series = new Map(firing.map(({ rule, severity, subject }) => [
    JSON.stringify([rule, severity, subject]),
    { rule, severity, subject },
  ]));
  for (const labels of [...series.values()].slice(0, MAX_ALERTS)) {
    registry.set("leakwatch_alert_firing", "1 while the alert fires", 1, labels);
  }
  // What cannot be written or reached is known by its alerts.
  for (const { rule, subject } of series.values()) {
    if (rule === "log-unwritable") {
      registry.set("leakwatch_log_failing", "1 while it cannot be written", 1, { log: subject });
    }
    if (rule === "sink-failing") {
      registry.set("leakwatch_sink_failing", "1 while it cannot be reached", 1, { sink: subject });
    }
  }
}
