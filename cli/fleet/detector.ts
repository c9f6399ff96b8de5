/** The trend detector as a fleet uses it: a fleet's series are judged as a machine's are, and by the same probability. */

import type { Assessment, FleetDetector } from "../../fleet/mod.ts";
import {
  type Assessment as Classified,
  BUCKET_CAP,
  Buckets,
  classify,
  oneSeriesStore,
} from "../../rules/detector/mod.ts";
import { growthProbability, growthProfile, growthVerdict, YOUNG_SECONDS } from "../../rules/findings/mod.ts";
import { controlFalseDiscovery } from "../../rules/findings/false_discovery_rate.ts";

/** Fewer points the detector does not judge; asking it costs more than counting. */
const MIN_POINTS = 30;
/** A fleet's series come one after the other: all are classified in the same rows. */
const ROWS = oneSeriesStore();

export const fleetDetector: FleetDetector = {
  assess(times, values, from, to, options): Assessment | null {
    const { unit, limit, what, step_seconds } = options;
    if (to - from < MIN_POINTS) return null;
    const buckets = new Buckets(step_seconds, BUCKET_CAP, null, ROWS, BUCKET_CAP);
    for (let i = from; i < to; i++) buckets.push(times[i]!, values[i]!);
    const said = classify(buckets, { unit, limit, what });
    if (said.verdict === "insufficient-data" || said.rate_per_hour === null) return null;
    const grows = said.verdict === "leak" || said.verdict === "growing";
    const watched_seconds = times[to - 1]! - times[from]!;
    const probability = grows ? probabilityOf(said, buckets, watched_seconds, options) : null;
    const verdict = probability === null ? said.verdict : growthVerdict(probability);
    return {
      verdict,
      // As of a machine's findings: how sure it is of what it says.
      confidence: probability === null ? said.confidence : verdict === "leak" ? probability : 1 - probability,
      rate_per_hour: said.rate_per_hour,
      time_to_limit_seconds: said.time_to_limit_seconds,
      evidence: grows ? said.evidence : "",
      drift: said.drift,
      rise: said.rise,
      level: said.level,
    };
  },
  standAmongMany(leaks, lookedAt) {
    return controlFalseDiscovery(
      leaks.map(({ drift }) => ({ verdict: "leak", drift }) as Classified),
      lookedAt,
    );
  },
};

/** Lately is the whole lifetime: its averages are too far apart for the ten minutes of a machine that is watched. */
function probabilityOf(
  assessment: Classified,
  buckets: Buckets,
  watched_seconds: number,
  { unit, is_program, age_seconds }: Parameters<FleetDetector["assess"]>[4],
): number {
  return growthProbability({
    assessment,
    unit,
    // Many at once are corrected for over workloads (standAmongMany).
    is_significant: true,
    watched_seconds,
    program: is_program
      ? { age_seconds: Math.max(age_seconds, watched_seconds), cpu_seconds: null, is_filling: false }
      : null,
    profile: is_program ? growthProfile(buckets.columns(), [], 0, watched_seconds) : null,
    patience_seconds: YOUNG_SECONDS,
  });
}
