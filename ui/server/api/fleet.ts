/** A fleet's history as the page shows it: workloads ranked, their lifetimes, and one lifetime with what the detector saw. */

import type { FleetEntity, FleetReport, FleetWorkload } from "../../../model/fleet_report.ts";
import type { Verdict } from "../../../model/finding.ts";
import type { Trend } from "./series.ts";

/** One lifetime of a replica, with the name by which it is asked for. */
export interface FleetLifetime extends FleetEntity {
  id: string;
}

export interface FleetRow extends Omit<FleetWorkload, "entities"> {
  id: string;
  /** "shop/checkout/app". */
  name: string;
  /** Who, how fast, how many of it, since when, when it is full: one or two sentences. */
  message: string;
  /** Why, in one sentence. */
  why: string;
  /** In order of time. */
  shown_lifetimes: FleetLifetime[];
}

export interface FleetReply {
  /** `reading`: the first answer is not there yet; `failed`: there is none, and `message` says why. */
  state: "reading" | "ready" | "failed";
  /** What is being done, or what went wrong. */
  message: string;
  /** 0 to 1. */
  progress: number;
  /** Unix seconds of the answer that is shown. */
  read_at_seconds: number | null;
  /** Seconds until it is read again, where somebody looks. */
  refresh_seconds: number;
  source: FleetReport["source"] | null;
  counts: FleetReport["counts"] | null;
  unavailable: FleetReport["unavailable"];
  /** Those that hurt first in front. */
  workloads: FleetRow[];
  /** Workloads that are not shown. */
  more: number;
}

export interface FleetLifetimeReply {
  workload: FleetRow;
  lifetime: FleetLifetime;
  /** Unix seconds. */
  time_seconds: number[];
  values: number[];
  step_seconds: number;
  /** What the detector saw in exactly these points. */
  assessed: { verdict: Verdict; confidence: number; evidence: string } | null;
  trend: Trend | null;
}

/** What the page's server is given to answer with. */
export interface FleetPort {
  /** The newest answer; asks the server again where it is old. */
  reply(): FleetReply;
  /** Reads one lifetime; null where there is none of that name. Rejects where the server does not answer. */
  lifetime(workload: string, lifetime: string): Promise<FleetLifetimeReply | null>;
}
