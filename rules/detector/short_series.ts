/**
 * A series of a minute or so, too short for the detector: whether it climbs so plainly that it should be looked at. It never
 * accuses; it says "growing", where the alternative would be to say nothing about a record that is all one has.
 */

import { formatAmount, formatSpan } from "../../model/format.ts";
import type { RatePerHour, Unit } from "../../model/finding.ts";

export interface ShortGrowth {
  confidence: number;
  rate_per_hour: RatePerHour;
  evidence: string;
}

/** Twelve samples of noise without a trend put three thirds in rising, disjoint order once in 35,000 times: 4!·4!·4!/12!. */
const MIN_SAMPLES = 12, MIN_SECONDS = 45;
/** What start-up and rounding amount to. Percent has no floor that fits all, so it is left out. */
const MIN_RISE: Partial<Record<Unit, number>> = { bytes: 4 * 1024 * 1024, count: 20 };
/** Of the level at its start. */
const MIN_SHARE = 0.1;
/** The last third must go on at this share of the overall slope. */
const STILL_RISING = 0.4;
const CONFIDENCE = 0.5;

/** Null unless every third lies wholly above the one before, by enough, and the last is still rising. */
export function shortGrowth(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  unit: Unit,
): ShortGrowth | null {
  const count = values.length, floor = MIN_RISE[unit];
  if (floor === undefined || count < MIN_SAMPLES) return null;
  const seconds = times[count - 1]! - times[0]!;
  const rise = values[count - 1]! - values[0]!;
  if (seconds < MIN_SECONDS || rise < Math.max(floor, MIN_SHARE * values[0]!)) return null;
  const third = Math.floor(count / 3), starts = [0, count - 2 * third, count - third, count];
  const slopes: number[] = [];
  let highest = -Infinity;
  for (let part = 0; part < 3; part++) {
    const [from, to] = [starts[part]!, starts[part + 1]! - 1];
    let low = Infinity, high = -Infinity;
    for (let i = from; i <= to; i++) {
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
    if (low <= highest) return null;
    highest = high;
    slopes.push((values[to]! - values[from]!) / (times[to]! - times[from]!));
  }
  const slope = rise / seconds;
  if (!slopes.every(Number.isFinite) || slopes[2]! < STILL_RISING * slope) return null;
  const [low, high] = [Math.min(...slopes, slope), Math.max(...slopes, slope)];
  return {
    confidence: CONFIDENCE,
    rate_per_hour: { low: low * 3600, mid: slope * 3600, high: high * 3600 },
    evidence:
      `it rose ${formatAmount(rise, unit)} in ${
        formatSpan(seconds)
      }, every third wholly above the one before; ` +
      `${count} samples are too few to call it a leak`,
  };
}
