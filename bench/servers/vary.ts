/** Other rates of the same programs, so that what is tried on a recording was not fitted to its numbers. Pure. */
import { Random } from "../detection/synthetic/random.ts";
import type { Load, Scenario } from "./scenario.ts";

const LEAST = 0.6, MOST = 1.6;

/**
 * The scenario with its load multiplied by a factor of its own, .6 to 1.6, that the seed gives; rate and warm-up follow. Seed 0 changes
 * nothing, nor does any where a scenario has no load.
 */
export function varied(scenario: Scenario, seed: number): Scenario {
  const { load, rate_per_hour, warm_up_seconds, truth } = scenario;
  if (seed === 0 || !load) return scenario;
  const factor = Math.exp(
    new Random(seed, ...new TextEncoder().encode(scenario.name)).uniform(Math.log(LEAST), Math.log(MOST)),
  );
  const scaled = (one: Load): Load => ({ ...one, per_second: one.per_second * factor });
  return {
    ...scenario,
    load: (context) => load(context).map(scaled),
    rate_per_hour: rate_per_hour === null ? null : rate_per_hour * factor,
    // A leak's is when it begins, which does not depend on the load.
    warm_up_seconds: truth === "leak" ? warm_up_seconds : warm_up_seconds / factor,
  };
}
