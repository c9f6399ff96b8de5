/** `analyze --from`: recorded data, without looking at this machine. */

import { classifyRecordedFile, type SeriesEntry } from "../../rules/findings/recorded_file.ts";
import type { SessionEntry } from "../../store/catalog.ts";
import { readEvidence } from "../../store/profile_log.ts";
import { sessionsAt } from "../../store/replay.ts";
import { readSeries } from "../../store/series_reader.ts";
import { SeriesFormatError } from "../../store/series_table.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { UserError } from "../errors.ts";
import { replaySession } from "../replay_session.ts";
import { loadRules } from "../rules/load.ts";
import { VERSION } from "../version.ts";
import { buildAnalysis } from "./build_analysis.ts";
import { type Analysis, ANALYSIS_SCHEMA } from "./model.ts";
import { ownCost } from "./own_cost.ts";
import { WindowRecorder } from "./window_recorder.ts";

const CHARTED = 8;
const MAX_POINTS = 240;

/**
 * A session of ours is replayed: the same report as of the machine when it was recorded. Every numeric column, of sessions and of
 * other files, gets a verdict of its own besides. Of several sessions the newest one is described, and the findings of all
 * are named. Throws UserError naming file and line.
 */
export async function analyzeRecorded(options: AnalyzeOptions): Promise<Analysis> {
  const paths = options.from!;
  const columns = analyzeColumns(paths);
  const sessions = paths.flatMap(sessionsAt).sort((a, b) => a.started_at_seconds - b.started_at_seconds);
  const analyses: Analysis[] = [];
  for (const session of sessions) {
    const analysis = await analyzeSession(session, options);
    if (analysis) analyses.push(analysis);
  }
  const newest = analyses.at(-1);
  if (!newest) return columns;
  return {
    ...newest,
    findings: analyses.toReversed().flatMap(({ findings }) => findings),
    evidence: analyses.flatMap(({ evidence }) => evidence),
    alerts: analyses.toReversed().flatMap(({ alerts }) => alerts),
    series: columns.series,
    unavailable: [...newest.unavailable, ...columns.unavailable],
  };
}

/** null: it holds no sample. */
async function analyzeSession(session: SessionEntry, options: AnalyzeOptions): Promise<Analysis | null> {
  const recorder = new WindowRecorder();
  const { pipeline, run } = replaySession(session, await loadRules(options.rules));
  const end = await run([recorder]);
  if (!end) return null;
  const { sample, findings, alerts } = end;
  return buildAnalysis({
    sample,
    recorder,
    findings,
    verdictOf: (process) => pipeline.verdictOf(process),
    alerts,
    mappings: [],
    evidence: await readEvidence(session),
    interval_seconds: session.info?.interval_seconds ?? 0,
    ended_early: session.info?.end_reason !== "duration",
    top: options.top,
    pids: [],
    own: ownCost([]),
  });
}
/** Reads and classifies file by file; only verdicts are kept. */
function analyzeColumns(paths: readonly string[]): Analysis {
  const series: SeriesEntry[] = [];
  const charts: Analysis["timeline"]["series"] = [];
  const unavailable: Analysis["unavailable"] = [];
  let first = Infinity;
  let last = -Infinity;
  try {
    for (const path of paths) {
      for (const file of readSeries(path)) {
        if (file.skipped) {
          const { source, why } = file.skipped;
          // The reader's messages begin with the file, as errors must.
          unavailable.push({ source, why: why.replace(`${source}:`, "line "), hint: "" });
        }
        const entries = classifyRecordedFile(file.series);
        file.series.forEach((each, i) => {
          first = Math.min(first, each.times_seconds[0] ?? Infinity);
          last = Math.max(last, each.times_seconds.at(-1) ?? -Infinity);
          const { verdict } = entries[i]!;
          series.push(entries[i]!);
          if (charts.length < CHARTED && (verdict === "leak" || verdict === "growing")) {
            charts.push({ source: each.source, name: each.name, unit: each.unit, ...thinned(each) });
          }
        });
      }
    }
  } catch (error) {
    if (error instanceof SeriesFormatError) throw new UserError(error.message);
    if (error instanceof Deno.errors.PermissionDenied) throw new UserError(`${error.message}; run as root`);
    throw error;
  }
  if (series.length === 0 && unavailable.length === 0) {
    throw new UserError(`${paths.join(", ")}: contains no table; give a CSV file with a Timestamp column`);
  }
  return {
    schema: ANALYSIS_SCHEMA,
    leakwatch_version: VERSION,
    host: null,
    started_at: new Date((Number.isFinite(first) ? first : 0) * 1000).toISOString(),
    duration_seconds: Math.max(0, last - first),
    interval_seconds: null,
    samples: 0,
    ended_early: false,
    system: null,
    processes: [],
    process_counts: { total: 0, kernel_threads: 0, zombies: 0, started: 0, ended: 0 },
    containers: [],
    units: [],
    engines: [],
    kernel: null,
    shared_memory: null,
    zombies: [],
    descriptors: null,
    pids: [],
    mappings: [],
    profiles: [],
    evidence: [],
    findings: [],
    alerts: [],
    series,
    timeline: { ...NO_POINTS, series: charts },
    unavailable,
    own: ownCost([]),
  };
}

const NO_POINTS: Analysis["timeline"] = {
  time_seconds: [],
  available_bytes: [],
  anon_bytes: [],
  shmem_bytes: [],
  page_cache_bytes: [],
  slab_bytes: [],
  swap_used_bytes: [],
  processes: [],
  series: [],
};

function thinned(series: { times_seconds: readonly number[]; values: readonly number[] }) {
  const every = Math.ceil(series.values.length / MAX_POINTS);
  const keep = (_: number, index: number) => index % every === 0;
  return { time_seconds: series.times_seconds.filter(keep), values: series.values.filter(keep) };
}
