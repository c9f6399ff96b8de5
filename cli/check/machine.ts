/** A machine's analysis as the result of a check. Pure. */

import { formatAbout, formatRate } from "../../model/format.ts";
import type { Finding } from "../../model/finding.ts";
import { subjectTitle } from "../../model/subject.ts";
import type { Analysis } from "../analyze/model.ts";
import { isFound } from "../analyze/fail_on.ts";
import type { CheckResult, CheckState } from "./plugin_line.ts";

/** Findings named in the line. */
const NAMED = 3;

export function checkMachine(analysis: Analysis): CheckResult {
  const leaks = analysis.findings.filter(isLeak);
  const leakingSeries = analysis.host ? [] : analysis.series.filter(({ verdict }) => verdict === "leak");
  const growing = analysis.findings.filter(({ verdict, caused_by }) =>
    verdict === "growing" && caused_by === null
  );
  const first = leaks.map(({ time_to_limit_seconds }) => time_to_limit_seconds?.low ?? Infinity);
  const memory = analysis.system?.memory ?? null;
  const count = leaks.length + leakingSeries.length;
  return {
    state: stateOf(analysis, count),
    message: messageOf(analysis, leaks, leakingSeries.map(({ name }) => name), growing.length),
    values: [
      { label: "leaks", value: count, unit: "", warning: 1, minimum: 0 },
      { label: "growing", value: growing.length, unit: "", minimum: 0 },
      { label: "leak_bytes_per_hour", value: rateSum(leaks), unit: "B", minimum: 0 },
      ...(Math.min(...first) < Infinity
        ? [{ label: "time_to_limit", value: Math.round(Math.min(...first)), unit: "s" as const, minimum: 0 }]
        : []),
      ...(memory === null ? [] : [{
        label: "memory_used",
        value: memory.total_bytes - memory.available_bytes,
        unit: "B" as const,
        minimum: 0,
        maximum: memory.total_bytes,
      }]),
    ],
  };
}

/** What another finding explains is counted with that one. */
const isLeak = ({ verdict, caused_by }: Finding): boolean => verdict === "leak" && caused_by === null;

function stateOf(analysis: Analysis, leaks: number): CheckState {
  if (analysis.samples === 0 && analysis.series.length === 0) return "UNKNOWN";
  if (isFound(analysis, "critical")) return "CRITICAL";
  return leaks > 0 || isFound(analysis, "warning") ? "WARNING" : "OK";
}

function messageOf(
  analysis: Analysis,
  leaks: readonly Finding[],
  series: readonly string[],
  growing: number,
): string {
  const firing = analysis.alerts.filter(({ state, severity }) => state === "firing" && severity !== "info");
  const named = [...leaks.map(leakText), ...series.map((name) => `${name} leaks`)];
  const more = named.length > NAMED ? `; ${named.length - NAMED} more` : "";
  if (named.length > 0) return named.slice(0, NAMED).join("; ") + more;
  if (firing.length > 0) return firing.slice(0, NAMED).map(({ message }) => message).join("; ");
  if (analysis.samples === 0 && analysis.series.length === 0) return "nothing could be read";
  return growing > 0 ? `nothing leaks, ${growing} growing` : "nothing leaks";
}

function leakText(finding: Finding): string {
  const { rate_per_hour, unit, time_to_limit_seconds: time } = finding;
  const rate = rate_per_hour === null ? "" : ` ${formatRate(rate_per_hour.mid, unit)}`;
  return `${subjectTitle(finding)} leaks${rate}${
    time === null ? "" : `, ${time.limit} in ${formatAbout(time.low)}`
  }`;
}

const rateSum = (leaks: readonly Finding[]): number =>
  Math.round(
    leaks.reduce((sum, { unit, rate_per_hour }) => sum + (unit === "bytes" ? rate_per_hour?.mid ?? 0 : 0), 0),
  );
