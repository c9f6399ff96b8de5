import { compareSeverity } from "../../model/severity.ts";
import type { Finding, Severity } from "../../model/finding.ts";

/** A leak that meets its limit within this time needs somebody now. */
const CRITICAL_SECONDS = 6 * 3600;
/** Growth that is no leak yet, but would meet its limit within this time, is worth a look. */
const SOON_SECONDS = 3600;
/** At its limit for all purposes. */
const AT_LIMIT_SECONDS = 60;
/** Of two that hit at the same time, growth without work counts as twice as near: it will not stop with the work. */
const IDLE_FACTOR = 0.5;

/**
 * How bad: from what hurts when, not from size.
 * @param mayBeCritical false while nothing was watched for long: a rate of minutes reaches any limit "in a minute"
 */
export function severityOf(
  { verdict, time_to_limit_seconds }: Pick<Finding, "verdict" | "time_to_limit_seconds">,
  mayBeCritical = true,
): Severity {
  const left = time_to_limit_seconds?.low ?? Infinity;
  if (verdict === "leak") {
    return left <= CRITICAL_SECONDS && (mayBeCritical || left <= AT_LIMIT_SECONDS) ? "critical" : "warning";
  }
  return verdict === "growing" && left <= SOON_SECONDS && mayBeCritical ? "warning" : "info";
}

export interface Ranked {
  finding: Finding;
  /** Growth came without work. */
  idle: boolean;
}

/** What will hurt first comes first: severity, time to the limit, then size and confidence. */
export function ranked<T extends Ranked>(items: readonly T[]): T[] {
  return [...items].sort(bySeverity);
}

function bySeverity(a: Ranked, b: Ranked): number {
  const severity = compareSeverity(a.finding.severity, b.finding.severity);
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
