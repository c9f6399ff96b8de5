/** `analyze --from BEFORE --against AFTER`: what of the leaks of one run is left in another. */

import { compareRuns, comparisonHeadline, type Run, type RunChange } from "../../model/compare_runs.ts";
import type { Finding } from "../../model/finding.ts";
import { formatDuration, formatRate } from "../../model/format.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { UsageError } from "../errors.ts";
import type { Cell, ReportDocument } from "../report/document.ts";
import { left, right } from "../report/sections/common.ts";
import { VERSION } from "../version.ts";
import { analyzeRecorded } from "./recorded.ts";
import type { Analysis } from "./model.ts";

const COMPARISON_SCHEMA = "leakwatch.comparison/1";

export interface Comparison {
  schema: typeof COMPARISON_SCHEMA;
  leakwatch_version: string;
  headline: string;
  before: RecordedRun;
  after: RecordedRun;
  /** Leaks of either run; rates per hour in the unit, null: not found to grow. Bad news first. */
  changes: RunChange[];
}

interface RecordedRun {
  path: string;
  started_at: string;
  duration_seconds: number;
}

/** Reads and judges both. Throws UserError naming the file that cannot be read. */
export async function compareRecorded(options: AnalyzeOptions): Promise<Comparison> {
  if (options.from?.length !== 1) {
    throw new UsageError("--against compares two recordings: --from BEFORE --against AFTER, one of each");
  }
  const [from, against] = [options.from[0]!, options.against!];
  const analyze = (path: string) => analyzeRecorded({ ...options, from: [path], top: 0 });
  const [before, after] = [await analyze(from), await analyze(against)];
  const runs = [runOf(before), runOf(after)] as const;
  const changes = compareRuns(...runs);
  return {
    schema: COMPARISON_SCHEMA,
    leakwatch_version: VERSION,
    headline: comparisonHeadline(changes, ...runs),
    before: recordedRun(from, before),
    after: recordedRun(against, after),
    changes,
  };
}

const recordedRun = (path: string, { started_at, duration_seconds }: Analysis): RecordedRun => ({
  path,
  started_at,
  duration_seconds,
});

/** A session's findings; of another file the columns, as far as they grow. */
function runOf({ host, findings, series, processes, duration_seconds: seconds }: Analysis): Run {
  if (host !== null) {
    return { findings, seconds, process_names: new Set(processes.map(({ name }) => name)) };
  }
  return {
    process_names: null,
    seconds,
    findings: series.filter(({ verdict }) => verdict === "leak" || verdict === "growing").map((
      { name, verdict, confidence, rate_per_hour, unit, evidence },
    ): Finding => ({
      key: name,
      kind: "system-memory",
      subject: { pid: null, start_ticks: null, name, unit: null, container: null },
      verdict,
      severity: "info",
      probability: confidence,
      confidence,
      rate_per_hour,
      unit,
      time_to_limit_seconds: null,
      evidence,
      next_step: "",
      caused_by: null,
      explained_share: 0,
      count: 1,
    })),
  };
}

/** Whether the second run leaks. */
export const isStillLeaking = ({ changes }: Comparison): boolean =>
  changes.some(({ outcome }) => outcome !== "gone" && outcome !== "not running");

export function comparisonDocument(
  { leakwatch_version, headline, before, after, changes }: Comparison,
): ReportDocument {
  const name = ({ path, duration_seconds }: RecordedRun) =>
    `${path} (${formatDuration(Math.round(duration_seconds))})`;
  const tone = changes.length === 0 || changes.every(({ outcome }) => outcome === "gone")
    ? "good"
    : "critical";
  return {
    title: `leakwatch ${leakwatch_version}`,
    heading: `before: ${name(before)} · after: ${name(after)}`,
    sections: [
      {
        title: "COMPARED",
        source: "",
        short: null,
        blocks: [{ kind: "lines", lines: [{ text: headline, tone }] }],
      },
      ...(changes.length === 0 ? [] : [{
        title: "LEAKS",
        source: "growth per hour, before and after",
        short: null,
        blocks: [{
          kind: "table" as const,
          columns: [left("WHAT", 48), right("BEFORE"), right("AFTER"), left("OUTCOME")],
          rows: changes.map((change): Cell[] => [
            change.subject,
            change.before === null ? "0" : formatRate(change.before, change.unit),
            change.after === null ? "0" : formatRate(change.after, change.unit),
            outcomeCell(change),
          ]),
        }],
      }]),
    ],
  };
}

const outcomeCell = ({ outcome }: RunChange): Cell =>
  outcome === "gone"
    ? { text: outcome, tone: "good" }
    : outcome === "not running"
    ? { text: outcome, tone: "quiet" }
    : { text: outcome, tone: "critical" };
