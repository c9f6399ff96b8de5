/** `leakwatch monitor`: watch for hours or weeks; CSV logs, alerts, summary. */

import { rootsAt } from "../../collectors/roots.ts";
import { Sampler } from "../../collectors/mod.ts";
import type { MonitorOptions } from "../commands/options.ts";
import { AlertSender } from "../alert_sender.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../create_pipeline.ts";
import { writableSessionDirectory } from "../directories.ts";
import { EXIT_DONE } from "../errors.ts";
import type { SuspectProfiler } from "../evidence/suspect_profiler.ts";
import { say } from "../output.ts";
import { viewDependencies } from "../serve/live_adapter.ts";
import { reloadRules } from "../rules/reload.ts";
import { loadRules } from "../rules/load.ts";
import { gcPacing } from "../gc_pacing.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { watch } from "../sample_loop.ts";
import { SessionLogger } from "./session_logger.ts";
import { ProgressLine } from "./progress_line.ts";
import { onSignal } from "./signals.ts";

/** Runs the command; resolves to the exit code. Throws UserError. A duration of 0 runs until stopped. */
export async function monitor(
  durationSeconds: number,
  intervalSeconds: number,
  options: MonitorOptions,
): Promise<number> {
  const roots = rootsAt(options.procRoot, options.sysRoot);
  const duration_seconds = durationSeconds === 0 ? null : durationSeconds;
  const directory = writableSessionDirectory("memory-monitor", options.outputDir);
  const rules = await loadRules(options.rules);
  const sampler = new Sampler({ roots, interval_seconds: intervalSeconds, cpu_budget: options.cpuBudget });
  const pipeline = createPipeline({
    sampler,
    roots,
    rules,
    confirmations: CONFIRMATIONS_WATCHING,
    memory_budget: options.memoryBudget,
    errors: () => ({
      log_errors: logger.errors(),
      sink_errors: [...sender.errors(), ...remoteWrite.map((each) => each.error() ?? []).flat()],
    }),
  });
  const sender = new AlertSender({ engine: pipeline.engine, rules, quiet: options.quiet });
  const logger: SessionLogger = new SessionLogger({
    kind: "memory-monitor",
    directory,
    interval_seconds: intervalSeconds,
    duration_seconds,
    rotate_bytes: options.rotateSize,
    retain_bytes: options.retainSize,
    retain_seconds: options.retainAge,
    top: options.top,
    hide_arguments: options.hideArguments,
    profiles: () => profiler?.taken() ?? [],
    // OperationalError with the logs is an error: said also with --quiet.
    say: (message) => say(message, false),
  });
  const remoteWrite = options.remoteWrite === undefined ? [] : [
    (await import("./remote_write.ts")).startRemoteWrite({
      access: options,
      view: viewDependencies({
        pipeline,
        rules,
        sampler,
        roots,
        hide_arguments: options.hideArguments,
        interval_seconds: intervalSeconds,
      }),
    }),
  ];
  const profiler: SuspectProfiler | null = options.profileSuspects
    ? (await import("../evidence/mod.ts")).profileSuspects(options, rules, logger)
    : null;
  const stop = stopOnSignals(() => say("finishing; Ctrl-C again quits at once", options.quiet));
  const releases = [
    onSignal("SIGUSR2", () => logger.writeSummary()),
    onSignal("SIGHUP", () => reloadRules(options, sender)),
  ];
  say(`logs go to ${directory}`, options.quiet);
  try {
    const page = options.ui === undefined && options.listen === undefined ? [] : [
      await (await import("./page.ts")).startPage({
        ui: options.ui,
        access: options,
        pipeline,
        rules,
        sampler,
        roots,
        directory,
        hide_arguments: options.hideArguments,
        interval_seconds: intervalSeconds,
        quiet: options.quiet,
        profiles: () => profiler?.taken() ?? [],
      }),
    ];
    await sampler.prepare();
    await watch({
      source: sampler,
      interval_seconds: intervalSeconds,
      duration_seconds,
      signal: stop.signal,
      pipeline,
      observers: [
        ...(profiler ? [profiler] : []),
        logger,
        sender,
        ...page,
        ...remoteWrite,
        gcPacing(),
        new ProgressLine({ duration_seconds, quiet: options.quiet }),
      ],
    });
    say(`summary: ${logger.session?.paths().find((path) => path.endsWith("_summary.log"))}`, options.quiet);
    return EXIT_DONE;
  } finally {
    for (const release of releases) release();
    stop.release();
    sampler.close();
  }
}
