/** The trend detector as a fleet uses it: a fleet's series are judged as a machine's are. */

import type { Assessment, FleetDetector } from "../../fleet/mod.ts";
import { type Assessment as Classified, Buckets, classify } from "../../rules/detector/mod.ts";
import { controlFalseDiscovery } from "../../rules/findings/false_discovery_rate.ts";

/** Fewer points the detector does not judge; asking it costs more than counting. */
const MIN_POINTS = 30;

export const fleetDetector: FleetDetector = {
  assess(times, values, from, to, { unit, limit, what, step_seconds }): Assessment | null {
    if (to - from < MIN_POINTS) return null;
    const buckets = new Buckets(step_seconds);
    for (let i = from; i < to; i++) buckets.push(times[i]!, values[i]!);
    const said = classify(buckets, { unit, limit, what });
    if (said.verdict === "insufficient-data" || said.rate_per_hour === null) return null;
    const grows = said.verdict === "leak" || said.verdict === "growing";
    return {
      verdict: said.verdict,
      confidence: said.confidence,
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
