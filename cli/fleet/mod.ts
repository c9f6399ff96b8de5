/** `leakwatch analyze --from URL`: a fleet's history, off the Prometheus-compatible server that holds it. */

import type { FleetReport } from "../../fleet/mod.ts";
import { FleetError, isAccused, parseCustomMetric, readFleet } from "../../fleet/mod.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { EXIT_DONE, EXIT_FAILED, EXIT_PARTIAL, EXIT_THRESHOLD, UsageError, UserError } from "../errors.ts";
import { checkLine, exitCodeOf } from "../check/plugin_line.ts";
import { gcPacing } from "../gc_pacing.ts";
import { say } from "../output.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { VERSION } from "../version.ts";
import { fleetDetector } from "./detector.ts";
import { credentialsOf, customOf, familiesOf, refuseMachineOptions, windowOf } from "./options.ts";
import { renderFleet } from "./render.ts";

/** 10,000 containers take 226 MiB, compiled; from source 155 with 24 MiB, 236 with 64 and a fifth less CPU (bench/fleet/results.md). */
const GARBAGE_BYTES = 32 * 1024 * 1024;

/** Reads, judges and hands the report to `write`; resolves to the exit code. Throws UserError. */
export async function analyzeFleet(
  options: AnalyzeOptions,
  write: (render: (color: boolean) => string | Iterable<string>) => void,
): Promise<number> {
  const [url, ...others] = options.from!;
  if (others.length > 0) {
    throw new UsageError(
      "--from takes one server; for several, give the address of Thanos, Mimir or a VictoriaMetrics cluster",
    );
  }
  if (!/^https?:/i.test(url!)) throw new UsageError(`--from ${url}: write http:// or https://`);
  refuseMachineOptions(options);
  const stop = stopOnSignals(() => say("reporting what is read; Ctrl-C again quits", options.quiet));
  const pacing = gcPacing(GARBAGE_BYTES);
  const progress = startProgress({ quiet: options.quiet });
  let report: FleetReport;
  try {
    report = await readFleet({
      url: url!,
      window: windowOf(options),
      select: options.select ?? null,
      families: familiesOf(options),
      custom: customOf(options, parseCustomMetric),
      by: options.by?.split(",").map((label) => label.trim()) ?? null,
      version_label: options.versionLabel ?? null,
      jobs: options.jobs,
      budget_seconds: options.budget,
      compress: options.compress,
      credentials: credentialsOf(options),
      detector: fleetDetector,
      signal: stop.signal,
      leakwatch_version: VERSION,
      onPause: () => pacing.observe(),
      onProgress: (done, words) => progress.update(done, words),
    });
  } catch (error) {
    if (error instanceof FleetError) throw new UserError(error.message, EXIT_FAILED);
    throw error;
  } finally {
    progress.stop();
    stop.release();
  }
  const { format } = options;
  if (format === "check") {
    const { checkFleet } = await import("../check/fleet.ts");
    const result = checkFleet(report, options.strict);
    write(() => checkLine(result));
    return exitCodeOf(result.state);
  }
  write((color) => renderFleet(report, format, { top: options.top, color, verbose: options.verbose }));
  if (options.failOn && isFleetFound(report, options.failOn)) return EXIT_THRESHOLD;
  return options.strict && report.unavailable.length > 0 ? EXIT_PARTIAL : EXIT_DONE;
}

const RANK = { info: 0, warning: 1, critical: 2 };

/** Whether the report holds something as bad as `--fail-on` names. */
function isFleetFound(
  { workloads }: FleetReport,
  failOn: NonNullable<AnalyzeOptions["failOn"]>,
): boolean {
  if (failOn === "leak") return workloads.some(isAccused);
  if (failOn === "growing") return workloads.some((each) => isAccused(each) || each.verdict === "growing");
  return workloads.some((each) => each.caused_by === null && RANK[each.severity] >= RANK[failOn]);
}
