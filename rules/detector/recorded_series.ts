import type { RatePerHour, Unit, Verdict } from "../../model/finding.ts";
import { judgeSeries } from "./classify.ts";
import type { Judgement } from "./assessment.ts";
import { shortGrowth } from "./short_series.ts";

/** One series from recorded data: a column, or one identity's part of a column. Sizes are in bytes already. */
export interface RecordedSeries {
  /** The file it came from. */
  source: string;
  /** The column; with its identity in braces where a table holds several: `RSS_KB{PID="812"}`. */
  name: string;
  unit: Unit;
  /** A counter only ever counts up; its level says nothing. */
  counter: boolean;
  /** Seconds since the Unix epoch, ascending. */
  times_seconds: number[];
  values: number[];
}

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
export const judgeRecorded = (series: RecordedSeries): SeriesEntry =>
  entryOf(series, judgementOfRecorded(series));

/** The detector's judgement of a recorded series; of a counter, which always grows, of the pace at which it counts. */
export function judgementOfRecorded({ unit, counter, times_seconds, values }: RecordedSeries): Judgement {
  if (!counter) {
    const judgement = judgeSeries(times_seconds, values, { unit });
    const growth = judgement.verdict === "insufficient-data"
      ? shortGrowth(times_seconds, values, unit)
      : null;
    return growth ? { ...judgement, verdict: "growing", ...growth } : judgement;
  }
  const { times, paces } = paceOf(times_seconds, values);
  const judgement = judgeSeries(times, paces, { unit });
  return {
    ...judgement,
    // However its pace moves, a counter holds no memory: it may grow, never leak.
    verdict: judgement.verdict === "leak" ? "growing" : judgement.verdict,
    rate_per_hour: null,
    evidence: `a counter, which only counts up; judged by its pace per second: ${judgement.evidence}`,
  };
}

/** The series' line in the JSON of `analyze --from`. */
export function entryOf({ source, name, unit, values }: RecordedSeries, judgement: Judgement): SeriesEntry {
  const { verdict, confidence, rate_per_hour, evidence } = judgement;
  return { source, name, points: values.length, verdict, confidence, rate_per_hour, unit, evidence };
}

/** Increments per second; where a counter falls it was reset, and nothing is known of that step. */
function paceOf(times: readonly number[], values: readonly number[]): { times: number[]; paces: number[] } {
  const result = { times: [] as number[], paces: [] as number[] };
  for (let i = 1; i < times.length; i++) {
    const seconds = times[i]! - times[i - 1]!, rise = values[i]! - values[i - 1]!;
    if (seconds <= 0 || rise < 0) continue;
    result.times.push(times[i]!);
    result.paces.push(rise / seconds);
  }
  return result;
}
