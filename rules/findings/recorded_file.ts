import type { RatePerHour, Unit, Verdict } from "../../model/finding.ts";
import type { RecordedSeries } from "../../model/recorded_series.ts";
import type { Assessment } from "../detector/mod.ts";
import { shortGrowth } from "../detector/short_series.ts";
import { falseDiscoveryMessage } from "./false_discovery_rate.ts";
import { growingSeries } from "./growing_series.ts";
import { SeriesRegistry } from "./series_registry.ts";

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

/**
 * Classifies the series of one recorded file through the registry and the detector of a live watch, each over one window that is
 * the whole record. The series of one column (`RSS_KB` of all processes) are corrected for false discoveries together, as those of
 * one kind are in a live watch. Other files are other machines or other sessions and do not count. Same order as given.
 */
export function classifyRecordedFile(series: readonly RecordedSeries[]): SeriesEntry[] {
  const registry = new SeriesRegistry<string>({
    confirmations: 1,
    max_series: series.length,
    memory_budget_bytes: 0,
    whole_record: true,
  });
  const entries = series.map((each, i) => {
    const entry = registry.entry({
      key: String(i),
      kind: columnOf(each),
      subject: { pid: null, start_ticks: null, name: each.name, unit: null, container: null },
      unit: each.unit,
      what: null,
    })!;
    const { times, values } = each.counter
      ? ratesOf(each.times_seconds, each.values)
      : { times: each.times_seconds, values: each.values };
    for (let n = 0; n < times.length; n++) registry.push(entry, times[n]!, values[n]!);
    entry.assessment = entry.series.classify();
    // Of a hundred thousand series only the assessments are kept.
    entry.series.release();
    return entry;
  });
  const byChance = new Map(
    growingSeries(registry.values()).flatMap(({ entry, isSignificant, moving }) =>
      isSignificant ? [] : [[entry, moving] as const]
    ),
  );
  return series.map((each, i) => {
    const entry = entries[i]!, assessment = entry.assessment!;
    const { verdict, confidence, rate_per_hour, evidence } = each.counter
      ? ofCounter(assessment)
      : assessment.verdict === "leak" && byChance.has(entry)
      ? notSignificant(assessment, byChance.get(entry)!)
      : assessment.verdict === "insufficient-data"
      ? { ...assessment, ...short(each) }
      : assessment;
    const { source, name, unit } = each;
    return { source, name, points: each.values.length, verdict, confidence, rate_per_hour, unit, evidence };
  });
}

/** A series' column without its identity: `RSS_KB{PID="812"}` is of `RSS_KB`. */
const columnOf = ({ name, unit, counter }: RecordedSeries): string =>
  JSON.stringify([name.replace(/\{.*$/s, ""), unit, counter]);

const notSignificant = (assessment: Assessment, moving: number): Assessment => ({
  ...assessment,
  verdict: "growing",
  confidence: Math.min(assessment.confidence, 0.5),
  evidence: `${assessment.evidence}; ${falseDiscoveryMessage(moving)}`,
});

/** A counter holds no memory: its rate may grow, it never leaks. */
const ofCounter = (assessment: Assessment): Assessment => ({
  ...assessment,
  verdict: assessment.verdict === "leak" ? "growing" : assessment.verdict,
  rate_per_hour: null,
  evidence: `a counter, which only counts up; judged by its rate per second: ${assessment.evidence}`,
});

function short({ times_seconds, values, unit }: RecordedSeries): Partial<Assessment> | null {
  const growth = shortGrowth(times_seconds, values, unit);
  return growth && { verdict: "growing", ...growth };
}

/** Increments per second; where a counter falls it was reset, and nothing is known of that step. */
function ratesOf(times: readonly number[], values: readonly number[]): { times: number[]; values: number[] } {
  const rates = { times: [] as number[], values: [] as number[] };
  for (let i = 1; i < times.length; i++) {
    const seconds = times[i]! - times[i - 1]!, rise = values[i]! - values[i - 1]!;
    if (seconds <= 0 || rise < 0) continue;
    rates.times.push(times[i]!);
    rates.values.push(rise / seconds);
  }
  return rates;
}
