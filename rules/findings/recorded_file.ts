import type { RecordedSeries } from "../../model/recorded_series.ts";
import { assessmentOfRecorded, entryOf, type SeriesEntry } from "../detector/mod.ts";
import { classifiedTogether, everMoved } from "./false_discovery_rate.ts";

/**
 * Judges the series of one recorded file as the live ones are judged: those of one column (`RSS_KB` of all processes) were
 * looked at together, so one that looks like a leak must stand out among them. Other files are other machines or other
 * sessions: they take nothing from this one. Same order as given.
 */
export function judgeRecordedFile(series: readonly RecordedSeries[]): SeriesEntry[] {
  const columns = new Map<string, number[]>();
  series.forEach(({ name, unit, counter }, i) => {
    const column = JSON.stringify([name.replace(/\{.*$/s, ""), unit, counter]);
    const members = columns.get(column);
    if (members) members.push(i);
    else columns.set(column, [i]);
  });
  const entries: SeriesEntry[] = new Array(series.length);
  for (const members of columns.values()) {
    const assessments = members.map((i) => assessmentOfRecorded(series[i]!));
    const moving = members.filter((i, n) =>
      assessments[n]!.verdict !== "insufficient-data" && everMoved(series[i]!.values, series[i]!.unit)
    ).length;
    classifiedTogether(assessments, moving).forEach((assessment, n) => {
      const i = members[n]!;
      entries[i] = entryOf(series[i]!, assessment);
    });
  }
  return entries;
}
