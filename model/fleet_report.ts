/** What `analyze --from URL` finds: the JSON it prints, which its other formats are made of. */

import type { RatePerHour, Severity, TimeToLimit, Unit, Verdict } from "./finding.ts";

/** Of a workload: over all of its lifetimes. */
export type WorkloadVerdict = Verdict | "leak-in-some-replicas" | "leak-hidden-by-restarts";

export const FLEET_SCHEMA = "leakwatch.fleet/1";

/** One lifetime of one replica: those that leak, else at most five. */
export interface FleetEntity {
  labels: Record<string, string>;
  version: string | null;
  verdict: Verdict;
  confidence: number;
  rate_per_hour: RatePerHour | null;
  time_to_limit_seconds: { low: number; high: number | null } | null;
  /** RFC 3339 in UTC: first and last point. */
  start: string;
  end: string;
  is_alive: boolean;
  points: number;
  /** A few of its values over time, for drawing; null for those that do not grow. */
  sketch: { time_seconds: number[]; values: number[] } | null;
}

export interface FleetVersion {
  version: string;
  since: string;
  lifetimes_assessed: number;
  lifetimes_leaking: number;
}

/** A version's lifetimes against those of the versions before it. */
export interface VersionComparison {
  version: string;
  /** Lifetimes before it that were judged and that leaked. */
  before_assessed: number;
  before_leaking: number;
  after_assessed: number;
  after_leaking: number;
  /** Fisher's exact test, one-sided: the chance of so uneven a split where versions make no difference. */
  fisher_p: number;
  /** Too few lifetimes to blame it: the leak only began after it. */
  is_suspicion: boolean;
}

export interface FleetWorkload {
  /** What it is called by: cluster, namespace, workload, container; or instance; or job. */
  key: Record<string, string>;
  kind: string;
  /** The workload was told by the names of its pods. */
  by_name: boolean;
  metric: string;
  what: string;
  verdict: WorkloadVerdict;
  severity: Severity;
  confidence: number;
  rate_per_hour: RatePerHour | null;
  unit: Unit;
  limit: number | null;
  limit_name: string | null;
  time_to_limit_seconds: TimeToLimit | null;
  /** Labels of the replica that meets its limit first. */
  first_full: Record<string, string> | null;
  /** Judged lifetimes of the newest version, which the verdict is about, and how many of them leak. */
  lifetimes_assessed: number;
  lifetimes_leaking: number;
  /** Pods or instances that these lifetimes ran in, and those in which one leaked. */
  replicas: number;
  replicas_leaking: number;
  lifetimes: number;
  versions: FleetVersion[];
  blamed_version: (VersionComparison & { rolled_out: string }) | null;
  gone_since: string | null;
  /** Of the lifetime in the middle. */
  evidence: string;
  next_step: string;
  /** The server answered in part only. */
  is_partial: boolean;
  /** Key of the workload whose growth this one repeats. */
  caused_by: { metric: string; key: Record<string, string> } | null;
  entities: FleetEntity[];
}

export interface FleetReport {
  schema: typeof FLEET_SCHEMA;
  leakwatch_version: string;
  source: {
    url: string;
    engine: string;
    version: string | null;
    start: string;
    end: string;
    /** Of the largest metric; smaller ones may be read more finely. */
    step_seconds: number;
    select: string | null;
  };
  counts: {
    workloads: number;
    leaking: number;
    leaking_since_version: number;
    /** Workloads that leak and meet a limit within a day. */
    full_within_a_day: number;
    namespaces: number;
    hosts: number;
    series: number;
    lifetimes: number;
    points: number;
    verdicts: Partial<Record<WorkloadVerdict, number>>;
  };
  metrics: { name: string; series: number; step_seconds: number; scrape_interval_seconds: number }[];
  workloads: FleetWorkload[];
  unavailable: { source: string; why: string; hint: string }[];
  own: {
    queries: number;
    response_bytes: number;
    seconds: Record<string, number>;
    cpu_seconds: number;
    rss_bytes: number;
  };
}
