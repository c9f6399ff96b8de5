/** Accusations that no longer hold: said once more, with the reason, so that whoever was woken knows what it was. */

import { formatAmount, formatRate } from "../../model/format.ts";
import type { Finding, Unit } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";
import type { GrowthProfile } from "./growth_profile.ts";
import { FILLING_PROBABILITY, secondHalf } from "./leak_probability.ts";

/** A withdrawn finding is listed for so long. */
const LISTED_SECONDS = 3600;
/** Accusations remembered at most; the oldest are forgotten. */
const MAX_ACCUSED = 500;

/** A finding, and the key of its series; null where several series speak. */
export interface DetectedFinding {
  finding: Finding;
  key: string | null;
}

interface Accusation extends DetectedFinding {
  withdrawn_at: number | null;
}

/** What is known now of the series behind a finding. */
export interface SeriesNow {
  assessment: Assessment;
  profile: GrowthProfile | null;
  value: number;
  /** What it cannot pass; null: none known. */
  limit: number | null;
}

/** From this share of its limit on a series has reached it. */
const AT_LIMIT = 0.98;

/** Remembers what was called a leak. */
export class Withdrawals {
  readonly #accused = new Map<string, Accusation>();

  clear(): void {
    this.#accused.clear();
  }

  /**
   * The findings, with the reason on those that were called leaks before; those that are none any more follow as what they are.
   * @param seriesOf what is known of a series; null where its subject has ended
   */
  apply(
    detected: readonly DetectedFinding[],
    seriesOf: (key: string) => SeriesNow | null,
    now: number,
  ): Finding[] {
    const present = new Set<string>();
    const result = detected.map(({ finding, key }) => {
      present.add(finding.key);
      if (finding.verdict === "leak") {
        this.#remember({ finding, key, withdrawn_at: null });
        return finding;
      }
      const series = key !== null && this.#accused.has(finding.key) ? seriesOf(key) : null;
      return series ? { ...finding, withdrawn: withdrawalReason(series, finding.unit) } : finding;
    });
    for (const [findingKey, accusation] of this.#accused) {
      if (present.has(findingKey)) continue;
      accusation.withdrawn_at ??= now;
      const series = accusation.key === null ? null : seriesOf(accusation.key);
      if (series === null || now - accusation.withdrawn_at > LISTED_SECONDS) this.#accused.delete(findingKey);
      else result.push(withdrawnFinding(accusation.finding, series));
    }
    return result;
  }

  #remember(accusation: Accusation): void {
    const { key } = accusation.finding;
    this.#accused.delete(key);
    this.#accused.set(key, accusation);
    if (this.#accused.size > MAX_ACCUSED) this.#accused.delete(this.#accused.keys().next().value!);
  }
}

function withdrawnFinding(finding: Finding, series: SeriesNow): Finding {
  const { verdict, confidence, rate_per_hour } = series.assessment;
  const withdrawn = withdrawalReason(series, finding.unit);
  return {
    ...finding,
    verdict: verdict === "leak" || verdict === "growing" ? "stable" : verdict,
    severity: "info",
    probability: FILLING_PROBABILITY,
    confidence,
    rate_per_hour,
    time_to_limit_seconds: null,
    evidence: withdrawn,
    caused_by: null,
    explained_share: 0,
    count: 1,
    withdrawn,
  };
}

/** "levelled off at 48 MiB: it was filling". Pure. */
export function withdrawalReason({ assessment, profile, value, limit }: SeriesNow, unit: Unit): string {
  const now = formatAmount(value, unit);
  // Of all reasons to stop this is no good one: a leak of descriptors ends at their limit.
  if (limit !== null && value >= AT_LIMIT * limit) {
    return `reached its limit, ${now}, and cannot grow further`;
  }
  switch (assessment.verdict) {
    case "sawtooth":
    case "shrinking":
      return `fell back, to ${now} now: it releases what it takes`;
    case "periodic":
      return `rises and falls in a cycle, ${now} now`;
    case "step":
      return `rose in one step and stays at ${now}`;
    case "leak":
    case "growing":
      return profile !== null && secondHalf(profile) >= 0.4
        ? `grows by ${
          formatRate(profile.rate_per_hour, unit)
        } now: too little for its age and size to tell a leak`
        : `levels off at about ${now}: it may have been filling`;
    default:
      return `levelled off at ${now}: it was filling`;
  }
}
