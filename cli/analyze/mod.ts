/** `leakwatch analyze`: watch for a while, then one report. */

import { formatDuration } from "../../model/format.ts";
import { type Roots, rootsAt } from "../../collectors/roots.ts";
import { Sampler } from "../../collectors/mod.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { Sample } from "../../model/sample.ts";
import { readSharedMemoryOwners } from "../../collectors/shared_memory/shared_memory_owners.ts";
import { type OwnersReport, sharedMemoryOwners } from "../../rules/findings/shared_memory_owners.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { EXIT_DONE, EXIT_THRESHOLD, UsageError, UserError } from "../errors.ts";
import { createPipeline } from "../create_pipeline.ts";
import { checkMachine } from "../check/machine.ts";
import { checkLine, exitCodeOf } from "../check/plugin_line.ts";
import { refuseServerOptions } from "../fleet/options.ts";
import { say, useColor, writeStdout } from "../output.ts";
import { renderJsonObject } from "../report/json.ts";
import { renderDocument, renderReport } from "../report/mod.ts";
import { snapshotDocument } from "../report/sections/mod.ts";
import { renderText } from "../report/text.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { type Observer, watch } from "../sample_loop.ts";
import { buildAnalysis } from "./build_analysis.ts";
import type { ProcessProfile } from "./inner_profiles.ts";
import { MappingDiff } from "./mapping_diff.ts";
import { isFound } from "./fail_on.ts";
import type { Analysis } from "./model.ts";
import { ownCost } from "./own_cost.ts";
import { loadRules } from "../rules/load.ts";
import { openReportFile } from "./report_file.ts";
import { WindowProgress } from "./window_progress.ts";
import { WindowRecorder } from "./window_recorder.ts";

/** Runs the command; resolves to the exit code. Throws UserError. */
export async function analyze(report: string | null, options: AnalyzeOptions): Promise<number> {
  if (options.format === "check" && options.failOn) {
    throw new UsageError("--format check sets its own exit codes; leave out --fail-on");
  }
  const file = report === null ? null : openReportFile(report);
  const write = (render: (color: boolean) => string | Iterable<string>) => {
    const text = render(file === null && useColor(options.color, Deno.stdout));
    if (!file) {
      for (const part of typeof text === "string" ? [text] : text) writeStdout(part);
      return;
    }
    file.write(text);
    say(`report written to ${report}`, options.quiet);
  };
  try {
    if (options.from?.some((from) => from.includes("://"))) {
      return await (await import("../fleet/mod.ts")).analyzeFleet(options, write);
    }
    refuseServerOptions(options);
    if (options.against) return await compare(options, write);
    if (options.profile && options.from?.length) {
      throw new UsageError("--profile needs a running process, not a recording; leave out --from");
    }
    const analysis = options.from?.length
      ? await (await import("./recorded.ts")).analyzeRecorded(options)
      : await analyzeMachine(options);
    const { format } = options;
    if (format === "check") {
      const result = checkMachine(analysis);
      write(() => checkLine(result));
      return exitCodeOf(result.state);
    }
    write((color) => renderReport(analysis, format, { top: options.top, color, verbose: options.verbose }));
    return options.failOn && isFound(analysis, options.failOn) ? EXIT_THRESHOLD : EXIT_DONE;
  } finally {
    file?.close();
  }
}

/** `--against`: exits with 10 where `--fail-on` is given and the second run leaks. */
async function compare(
  options: AnalyzeOptions,
  write: (render: (color: boolean) => string) => void,
): Promise<number> {
  const { comparisonDocument, compareRecorded, isStillLeaking } = await import("./compare_recorded.ts");
  const { format } = options;
  if (format === "check") {
    throw new UsageError("--against has no --format check; --fail-on leak sets the exit code");
  }
  const comparison = await compareRecorded(options);
  write((color) =>
    format === "json"
      ? renderJsonObject(comparison)
      : renderDocument(comparisonDocument(comparison), format, { color, verbose: options.verbose })
  );
  return options.failOn && isStillLeaking(comparison) ? EXIT_THRESHOLD : EXIT_DONE;
}

/** A trend needs some dozens of samples: five minutes give them at 5 s, one minute at 1 s. */
function intervalFor(durationSeconds: number): number {
  return Math.min(5, Math.max(1, durationSeconds / 60));
}

/** A hung container engine may not cost a snapshot its second; in a window a later sample has its names. */
const ENGINE_SECONDS = 0.4;

async function analyzeMachine(options: AnalyzeOptions): Promise<Analysis> {
  const interval = options.interval ?? intervalFor(options.duration);
  const pids = options.pid ?? [];
  const roots = rootsAt(options.procRoot, options.sysRoot);
  // Loaded only where it is asked for.
  const inner = options.profile ? await import("./inner_profiles.ts") : null;
  const agreed = await inner?.agreeToProfiles(options) ?? [];
  const sampler = new Sampler({
    roots,
    interval_seconds: interval,
    window_seconds: options.duration,
  });
  const stop = stopOnSignals(() => say("reporting now; Ctrl-C again quits", options.quiet));
  const recorder = new WindowRecorder();
  const mappingDiff = new MappingDiff(roots, pids);
  const pipeline = createPipeline({ sampler, roots, rules: await loadRules(options.rules), pids });
  let progress: WindowProgress | null = null;
  let isStarted = false;
  const first: Observer = {
    observe({ sample }) {
      if (isStarted) return;
      isStarted = true;
      requirePids(pids, sample);
      if (options.duration === 0) return;
      if (showsSnapshot(options)) showSnapshot(model(pipeline.evaluateOnce(sample)), options);
      if (!Deno.stderr.isTerminal()) {
        const every = formatDuration(interval);
        say(
          `watching for ${formatDuration(options.duration)}, a sample every ${every}; Ctrl-C reports now`,
          options.quiet,
        );
      }
      progress = new WindowProgress(options.duration, options.quiet);
    },
  };
  let owners: OwnersReport | null = null;
  let profiles: ProcessProfile[] = [];
  const model = ({ sample, findings, alerts }: Evaluation, endedEarly = false) =>
    buildAnalysis({
      sample,
      recorder,
      findings,
      verdictOf: (process) => pipeline.verdictOf(process),
      alerts,
      mappings: mappingDiff.mappings,
      profiles,
      interval_seconds: interval,
      ended_early: endedEarly,
      top: options.top,
      pids,
      own: ownCost(sample.collectors),
      owners,
    });
  try {
    await sampler.prepare(ENGINE_SECONDS);
    const end = await watch({
      source: sampler,
      interval_seconds: interval,
      duration_seconds: options.duration,
      signal: stop.signal,
      pipeline,
      // Without a second sample there is nothing to compare mappings with.
      observers: [recorder, ...(options.duration > 0 ? [mappingDiff] : []), {
        observe: (evaluation) => progress?.observe(evaluation),
        close: () => progress?.close(),
      }],
      last: first,
    });
    const evaluation = pipeline.evaluateOnce(sampler.sample);
    mappingDiff.finish(sampler.sample, evaluation.findings);
    owners = ownersOf(sampler.sample, roots);
    profiles = await inner?.takeProfiles(agreed, options, stop.signal) ?? [];
    return model(evaluation, end.reason === "stopped");
  } finally {
    stop.release();
    sampler.close();
  }
}

/** Who holds shared memory: the one reading that is too dear for every sample. */
function ownersOf({ shared_memory, processes, memory }: Sample, roots: Roots): OwnersReport | null {
  if (shared_memory === null) return null;
  const read = readSharedMemoryOwners(roots, processes, shared_memory.tmpfs, { budget_seconds: 0.5 });
  return sharedMemoryOwners(shared_memory, processes, read, memory?.shmem_bytes ?? null);
}

function requirePids(pids: readonly number[], sample: Sample): void {
  const missing = pids.filter((pid) => !sample.processes.some((process) => process.pid === pid));
  if (missing.length > 0) {
    throw new UserError(`no process ${missing.join(", ")} is visible here; ps -e lists those that are`);
  }
}

/** The snapshot goes to stderr, so that stdout holds the report and nothing else. */
function showsSnapshot(options: AnalyzeOptions): boolean {
  return !options.quiet && (options.format === "text" || Deno.stderr.isTerminal());
}

function showSnapshot(analysis: Analysis, options: AnalyzeOptions): void {
  const color = useColor(options.color, Deno.stderr);
  Deno.stderr.writeSync(new TextEncoder().encode(renderText(snapshotDocument(analysis), { color }) + "\n"));
}
