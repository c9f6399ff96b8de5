/** What a fleet asks of the trend detector; `cli/fleet/detector.ts` answers with the one that judges a machine's series. */

import type { RatePerHour, Unit, Verdict } from "../model/finding.ts";

/** What is kept of the detector's assessment of one lifetime; a fleet has 10^5 of them. */
export interface Assessment {
  verdict: Verdict;
  /** 0 to 1: how sure the verdict is. */
  confidence: number;
  rate_per_hour: RatePerHour;
  time_to_limit_seconds: { low: number; high: number | null } | null;
  /** Why, of those that grow; else "". */
  evidence: string;
  /** The drift over its error, as the correction for many series wants it. */
  drift: number;
  /** Growth over the lifetime as the deciding estimator sees it. */
  rise: number;
  level: number;
}

export interface SeriesOptions {
  unit: Unit;
  limit: number | null;
  /** For the sentence: "working set". */
  what: string;
  step_seconds: number;
  /** Whether it is one program's, whose age tells what its growth is worth; else it holds many. */
  is_program: boolean;
  /** Of the lifetime at its last point: since its start where that is known, else since its first point. */
  age_seconds: number;
}

export interface FleetDetector {
  /** Assesses the points from..to of a series; null where there are too few to say anything. */
  assess(
    times: Float64Array,
    values: Float64Array,
    from: number,
    to: number,
    options: SeriesOptions,
  ): Assessment | null;
  /** Which of these leaks stand the correction for having looked at `lookedAt` series of their kind: one flag each. */
  standAmongMany(leaks: readonly { drift: number }[], lookedAt: number): boolean[];
}
