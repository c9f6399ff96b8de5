import type { RatePerHour, Unit, Verdict } from "../../model/finding.ts";
import { classifySeries } from "./classify.ts";
import type { Assessment } from "./assessment.ts";
import type { RecordedSeries } from "../../model/recorded_series.ts";
import { shortGrowth } from "./short_series.ts";

/** An entry of `series` in the JSON of `analyze --from`. */
export interface SeriesEntry {
  source: string;
  name: string;
  points: number;
  verdict: Verdict;
  confidence: number;
  rate_per_hour: RatePerHour | null;
  unit: Unit;
  evidence: string;
}

/** Judges a recorded series alone. */
export const classifyRecorded = (series: RecordedSeries): SeriesEntry =>
  entryOf(series, assessmentOfRecorded(series));

/** The detector's assessment of a recorded series; of a counter, which always grows, of the rate at which it counts. */
export function assessmentOfRecorded({ unit, counter, times_seconds, values }: RecordedSeries): Assessment {
  if (!counter) {
    const assessment = classifySeries(times_seconds, values, { unit });
    const growth = assessment.verdict === "insufficient-data"
      ? shortGrowth(times_seconds, values, unit)
      : null;
    return growth ? { ...assessment, verdict: "growing", ...growth } : assessment;
  }
  const { times, rates } = ratesOf(times_seconds, values);
  const assessment = classifySeries(times, rates, { unit });
  return {
    ...assessment,
    // However its rate moves, a counter holds no memory: it may grow, never leak.
    verdict: assessment.verdict === "leak" ? "growing" : assessment.verdict,
    rate_per_hour: null,
    evidence: `a counter, which only counts up; judged by its rate per second: ${assessment.evidence}`,
  };
}

/** The series' line in the JSON of `analyze --from`. */
export function entryOf({ source, name, unit, values }: RecordedSeries, assessment: Assessment): SeriesEntry {
  const { verdict, confidence, rate_per_hour, evidence } = assessment;
  return { source, name, points: values.length, verdict, confidence, rate_per_hour, unit, evidence };
}

/** Increments per second; where a counter falls it was reset, and nothing is known of that step. */
function ratesOf(times: readonly number[], values: readonly number[]): { times: number[]; rates: number[] } {
  const result = { times: [] as number[], rates: [] as number[] };
  for (let i = 1; i < times.length; i++) {
    const seconds = times[i]! - times[i - 1]!, rise = values[i]! - values[i - 1]!;
    if (seconds <= 0 || rise < 0) continue;
    result.times.push(times[i]!);
    result.rates.push(rise / seconds);
  }
  return result;
}
