/** From judged workloads to the report that is printed. */

import { hostOf, type Lifetime } from "./chains.ts";
import type { FleetEntity, FleetReport, FleetWorkload } from "../model/fleet_report.ts";
import { nextStep } from "./next_steps.ts";
import type { BlamedVersion } from "./versions.ts";
import type { ClassifiedWorkload } from "./workloads.ts";

/** Lifetimes shown of a workload that does not leak. */
const FEW = 2;
const DAY = 86_400;

/** Workloads as they are printed, those that hurt first in front. */
export const fleetWorkloads = (
  judged: readonly ClassifiedWorkload[],
  lifetimesShown: number | null = null,
): FleetWorkload[] => [...judged].sort(byUrgency).map((each) => toWorkload(each, lifetimesShown));

const RANK = ["leak", "leak-hidden-by-restarts", "leak-in-some-replicas", "growing"];
const SEVERITIES = ["critical", "warning", "info"];
const rank = (list: readonly string[], item: string) =>
  list.indexOf(item) < 0 ? list.length : list.indexOf(item);

/** Echoes last, then severity, verdict, time left, confidence, share of growth; names, that two runs agree. */
function byUrgency(a: ClassifiedWorkload, b: ClassifiedWorkload): number {
  return Number(a.caused_by !== null) - Number(b.caused_by !== null) ||
    rank(SEVERITIES, a.severity) - rank(SEVERITIES, b.severity) ||
    rank(RANK, a.verdict) - rank(RANK, b.verdict) ||
    order(timeLeft(a), timeLeft(b)) ||
    order(growthShare(b), growthShare(a)) ||
    (nameOf(a) < nameOf(b) ? -1 : 1);
}

const order = (a: number, b: number) => a < b ? -1 : a > b ? 1 : 0;
const timeLeft = ({ time_to_limit_seconds: time }: ClassifiedWorkload) => time?.low ?? Infinity;
const growthShare = ({ rate_per_hour, typical }: ClassifiedWorkload) =>
  (rate_per_hour?.mid ?? 0) / Math.max(1, Math.abs(typical?.assessment?.level ?? 1));
const nameOf = ({ chain }: ClassifiedWorkload) => `${chain.metric.name} ${JSON.stringify(chain.labels)}`;

function toWorkload(judged: ClassifiedWorkload, lifetimesShown: number | null): FleetWorkload {
  const { chain, typical, first_full, blamed_version: blamed, time_to_limit_seconds: time } = judged;
  const { metric } = chain;
  return {
    key: chain.labels,
    kind: chain.kind,
    by_name: chain.by_name,
    metric: metric.name,
    what: metric.what,
    verdict: judged.verdict,
    severity: judged.severity,
    confidence: judged.confidence,
    rate_per_hour: judged.rate_per_hour,
    unit: metric.unit,
    limit: chain.limit,
    limit_name: chain.limit_name,
    time_to_limit_seconds: time && { ...time, limit: chain.limit_name ?? "limit" },
    first_full: first_full?.labels ?? null,
    lifetimes_assessed: judged.lifetimes_assessed,
    lifetimes_leaking: judged.lifetimes_leaking,
    replicas: judged.replicas,
    replicas_leaking: judged.replicas_leaking,
    lifetimes: chain.lifetimes.length,
    versions: judged.versions.map(({ since_seconds, ...rest }) => ({ ...rest, since: iso(since_seconds) })),
    blamed_version: blamed && withRollOut(blamed),
    gone_since: judged.gone_since,
    evidence: typical?.assessment?.evidence ?? "",
    next_step: judged.verdict.startsWith("leak") || judged.verdict === "growing" ? nextStep(judged) : "",
    is_partial: chain.lifetimes.some((lifetime) => lifetime.is_partial),
    caused_by: judged.caused_by &&
      { metric: judged.caused_by.chain.metric.name, key: judged.caused_by.chain.labels },
    entities: entitiesOf(judged, lifetimesShown).map(toEntity),
  };
}

function entitiesOf({ leaking, chain }: ClassifiedWorkload, lifetimesShown: number | null): Lifetime[] {
  if (lifetimesShown !== null) {
    // The newest, in order of time: what leaks is seen beside what did not.
    return [...chain.lifetimes].sort((a, b) =>
      b.end_seconds - a.end_seconds || b.start_seconds - a.start_seconds
    )
      .slice(0, lifetimesShown).reverse();
  }
  if (leaking.length > 0) return leaking;
  return chain.lifetimes.filter((lifetime) => lifetime.assessment !== null).sort((a, b) =>
    b.end_seconds - a.end_seconds
  )
    .slice(0, FEW);
}

function toEntity(
  { labels, version, assessment, start_seconds, end_seconds, is_alive, points, sketch }: Lifetime,
): FleetEntity {
  return {
    labels,
    version,
    verdict: assessment?.verdict ?? "insufficient-data",
    confidence: assessment?.confidence ?? 0,
    rate_per_hour: assessment?.rate_per_hour ?? null,
    time_to_limit_seconds: assessment?.time_to_limit_seconds ?? null,
    start: iso(start_seconds),
    end: iso(end_seconds),
    is_alive,
    points,
    sketch: sketch && { time_seconds: [...sketch.times], values: [...sketch.values] },
  };
}

export function countWorkloads(workloads: readonly FleetWorkload[]): Pick<
  FleetReport["counts"],
  | "workloads"
  | "leaking"
  | "leaking_since_version"
  | "full_within_a_day"
  | "namespaces"
  | "hosts"
  | "verdicts"
> {
  const accused = workloads.filter((each) => isAccused(each));
  const verdicts: FleetReport["counts"]["verdicts"] = {};
  for (const { verdict } of workloads) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const distinct = (label: string) => new Set(workloads.map(({ key }) => key[label]).filter(Boolean)).size;
  return {
    workloads: workloads.length,
    leaking: accused.length,
    leaking_since_version:
      accused.filter(({ blamed_version: blamed }) => blamed && !blamed.is_suspicion).length,
    full_within_a_day:
      accused.filter(({ time_to_limit_seconds: time }) => time !== null && time.low <= DAY).length,
    namespaces: distinct("namespace"),
    hosts: new Set(workloads.flatMap(({ key }) => key["instance"] ? [hostOf(key["instance"])] : [])).size,
    verdicts,
  };
}

/** Whether it is called a leak in its own right: all or some of its replicas, or hidden by restarts. */
export const isAccused = ({ verdict, caused_by }: Pick<FleetWorkload, "verdict" | "caused_by">): boolean =>
  verdict.startsWith("leak") && caused_by === null;

const withRollOut = ({ version, rolled_out_seconds, ...rest }: BlamedVersion) => ({
  version,
  rolled_out: iso(rolled_out_seconds),
  ...rest,
});

export const iso = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
