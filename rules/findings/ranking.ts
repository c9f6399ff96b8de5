import type { Finding, Severity } from "../../model/finding.ts";

/** A leak that meets its limit within this time needs somebody now. */
const CRITICAL_SECONDS = 6 * 3600;
/** Growth that is no leak yet, but would meet its limit within this time, is worth a look. */
const SOON_SECONDS = 3600;
/** Of two that hit at the same time, growth without work counts as twice as near: it will not stop with the work. */
const IDLE_FACTOR = 0.5;

/** How bad: from what hurts when, not from size. */
export function severityOf(finding: Pick<Finding, "verdict" | "time_to_limit_seconds">): Severity {
  const left = finding.time_to_limit_seconds?.low ?? Infinity;
  if (finding.verdict === "leak") return left <= CRITICAL_SECONDS ? "critical" : "warning";
  return finding.verdict === "growing" && left <= SOON_SECONDS ? "warning" : "info";
}

export interface Ranked {
  finding: Finding;
  /** Growth came without work. */
  idle: boolean;
}

const BY_SEVERITY: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** What will hurt first comes first: severity, time to the limit, then size and confidence. */
export function ranked<T extends Ranked>(items: readonly T[]): T[] {
  return [...items].sort(bySeverity);
}

function bySeverity(a: Ranked, b: Ranked): number {
  const severity = BY_SEVERITY[a.finding.severity] - BY_SEVERITY[b.finding.severity];
  if (severity !== 0) return severity;
  const left = timeLeft(a) - timeLeft(b);
  // Both without a limit in sight: infinity less infinity is no number.
  if (left !== 0 && !Number.isNaN(left)) return left;
  return weight(b.finding) - weight(a.finding);
}

function timeLeft({ finding, idle }: Ranked): number {
  const low = finding.time_to_limit_seconds?.low ?? Infinity;
  return idle ? low * IDLE_FACTOR : low;
}

/** Bytes weigh more than pieces: a descriptor is about a kilobyte of kernel memory. */
function weight({ rate_per_hour, unit, confidence }: Finding): number {
  return (rate_per_hour?.mid ?? 0) * (unit === "count" ? 1024 : 1) * confidence;
}
