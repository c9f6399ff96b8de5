/** What is said of a workload, in the words of a machine's report. */

import type { FleetWorkload } from "../../fleet/mod.ts";
import type { Severity } from "../../model/finding.ts";
import { formatAbout, formatAmount, formatRange, formatRate, formatTime } from "../../model/format.ts";
import type { Cell, Suspect, Tone } from "../report/document.ts";

const TONES: Record<Severity, Tone> = { critical: "critical", warning: "warning", info: "strong" };
const MAX_NAME = 120;

/** "shop/checkout/app", "node-3", "api on node-3". */
export function nameOf({ key, metric }: FleetWorkload): string {
  const { cluster, region, namespace, workload, container, instance, groupname, job, ...others } = key;
  const path = [region, cluster, namespace, workload, container].filter(Boolean);
  const name = groupname && instance
    ? `${groupname} on ${instance}`
    : path.length > 0
    ? path.join("/") + (job && !workload ? `/${job}` : "")
    : job ?? instance ?? Object.entries(others).map(([label, value]) => `${label}=${value}`).join(",");
  const text = name || metric;
  return text.length > MAX_NAME ? `${text.slice(0, MAX_NAME)}…` : text;
}

/** "+9.6 MiB/h". */
export function rateText({ rate_per_hour: rate, unit }: FleetWorkload): string {
  return rate === null ? "" : `+${formatRate(rate.mid, unit)}`;
}

function rangeText({ rate_per_hour: rate, unit }: FleetWorkload): string {
  if (rate === null) return "";
  const low = Math.max(0, rate.low);
  return `; rate ${
    unit === "bytes"
      ? formatRange(low, rate.high)
      : `${formatAmount(low, unit)} to ${formatAmount(rate.high, unit)}`
  }/h`;
}

/** A workload's entry: who, how fast, how many of it, since when, when it is full; why; what to type. */
export function fleetSuspect(workload: FleetWorkload): Suspect {
  const { severity, confidence } = workload;
  const sure = `${Math.min(99, Math.round(confidence * 100))} % sure`;
  return {
    verdict: "leak",
    tone: TONES[severity],
    message: `${nameOf(workload)} grows ${rateText(workload).slice(1)} ${measuredIn(workload)}, ${sure}.` +
      limitText(workload),
    brief: `${nameOf(workload)} ${rateText(workload)}`,
    evidence: [sinceText(workload), evidenceText(workload) + rangeText(workload)].filter(Boolean).join(" "),
    command: null,
    next_steps: workload.next_step === "" ? [] : [{ kind: "look", line: workload.next_step }],
  };
}

/** "of working set in 9 of 10 replicas since v3". */
function measuredIn(workload: FleetWorkload): string {
  const { verdict, what, lifetimes_assessed, lifetimes_leaking, replicas, replicas_leaking } = workload;
  const blamed = workload.blamed_version;
  const since = blamed && !blamed.is_suspicion ? ` since ${blamed.version}` : "";
  if (verdict === "leak-hidden-by-restarts") return `of ${what} in each of its last lifetimes`;
  if (lifetimes_assessed <= 1) return `of ${what}${since}`;
  const restarts = lifetimes_assessed > replicas
    ? ` (${lifetimes_leaking} of ${lifetimes_assessed} lifetimes)`
    : "";
  if (replicas === 1) return `of ${what}${restarts}${since}`;
  return `of ${what} in ${replicas_leaking} of ${replicas} replicas${restarts}${since}`;
}

function limitText(
  { time_to_limit_seconds: time, limit, unit, first_full, lifetimes_assessed }: FleetWorkload,
): string {
  if (time === null || limit === null) return "";
  const who = first_full?.["pod"] && lifetimes_assessed > 1 ? `, ${first_full["pod"]} first` : "";
  const until = time.high === null
    ? `in ${formatAbout(time.low)} at the earliest`
    : `in about ${formatAbout((time.low + time.high) / 2)}`;
  return ` Its ${time.limit} of ${formatAmount(limit, unit)} is reached ${until}${who}.`;
}

function sinceText({ blamed_version: blamed }: FleetWorkload): string {
  if (blamed === null) return "";
  const when = formatTime(blamed.rolled_out);
  if (blamed.is_suspicion) {
    return `It began after the roll-out of ${blamed.version} (${when}); too few lifetimes to say more.`;
  }
  return `It leaks since ${blamed.version}, rolled out ${when}: ${blamed.after_leaking} of ${blamed.after_assessed} lifetimes ` +
    `(before: ${blamed.before_leaking} of ${blamed.before_assessed}; Fisher's p ${chance(blamed.fisher_p)}).`;
}

const chance = (p: number): string => p < 0.0001 ? p.toExponential(0) : p.toPrecision(2);

function evidenceText(workload: FleetWorkload): string {
  const { evidence, entities, verdict, lifetimes_assessed, is_partial, by_name } = workload;
  const pods = entities.map(({ labels }) => labels["pod"] ?? labels["instance"]).filter((pod) =>
    pod !== undefined
  );
  const named = verdict === "leak-in-some-replicas" && pods.length > 0
    ? `Only ${pods.slice(0, 3).join(", ")}${pods.length > 3 ? ` and ${pods.length - 3} more` : ""}: `
    : lifetimes_assessed > 1 && evidence
    ? "In the median lifetime "
    : "";
  const remarks = [
    is_partial ? "the server answered in part" : null,
    by_name ? "grouped by the names of the pods" : null,
  ].filter(Boolean);
  return `${named}${evidence}${remarks.length > 0 ? ` (${remarks.join("; ")})` : ""}`;
}

const VERDICT_TONES: Record<string, Tone> = {
  "leak": "critical",
  "leak-hidden-by-restarts": "critical",
  "leak-in-some-replicas": "warning",
  "growing": "warning",
};
const SHORT_VERDICTS: Record<string, string> = {
  "leak-hidden-by-restarts": "leak, restarts",
  "leak-in-some-replicas": "leak in some",
};

/** The verdict as a table cell. */
export function verdictText({ verdict, caused_by }: FleetWorkload): Cell {
  const text = `${SHORT_VERDICTS[verdict] ?? verdict}${caused_by === null ? "" : " (echo)"}`;
  const tone = VERDICT_TONES[verdict];
  return tone && caused_by === null ? { text, tone } : text;
}
