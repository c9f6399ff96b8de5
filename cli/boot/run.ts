/** Watches a boot: the shared loop with the boot's logs at its end. */

import { rootsAt } from "../../collectors/roots.ts";
import { Sampler } from "../../collectors/mod.ts";
import { AlertSender } from "../alert_sender.ts";
import type { BootOptions } from "../commands/options.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../create_pipeline.ts";
import { writableSessionDirectory } from "../directories.ts";
import { EXIT_DONE } from "../errors.ts";
import type { SuspectProfiler } from "../evidence/suspect_profiler.ts";
import { loadRules } from "../rules/load.ts";
import { reloadRules } from "../rules/reload.ts";
import { SessionLogger } from "../monitor/session_logger.ts";
import { ProgressLine } from "../monitor/progress_line.ts";
import { onSignal } from "../monitor/signals.ts";
import { say } from "../output.ts";
import { ServiceReporter } from "../service/watchdog.ts";
import { gcPacing } from "../gc_pacing.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { watch } from "../sample_loop.ts";
import { BootWatch } from "./boot_observer.ts";
import { readEarlierBoots } from "./earlier_boots.ts";
import { CheckpointWriter } from "./checkpoint.ts";
import { type BootProgress, BootProgressFile, readBootKey } from "./resume.ts";

/** Boots come with a few sessions a week: these limits hold years of them, and a boot that goes mad is held, too. */
const ROTATE_BYTES = 64 * 1024 ** 2;
const RETAIN_BYTES = 512 * 1024 ** 2;
const RETAIN_SECONDS = 365 * 86400;
const TOP = 40;

export async function watchBoot(options: BootOptions): Promise<number> {
  const { interval: interval_seconds, quiet } = options;
  const roots = rootsAt(options.procRoot, options.sysRoot);
  const directory = writableSessionDirectory("boot-diagnostics", options.outputDir);
  const rules = await loadRules(options.rules);
  const progressFile = new BootProgressFile();
  const bootKey = readBootKey(roots.proc);
  const progressBefore = await progressFile.read(bootKey);
  const left = progressBefore && secondsLeft(options, progressBefore);
  const before = left === null ? null : progressBefore;
  const duration_seconds = options.keepWatching ? null : left ?? options.minutes;
  const sampler = new Sampler({ roots, interval_seconds, cpu_budget: options.cpuBudget });
  const pipeline = createPipeline({
    sampler,
    roots,
    rules,
    confirmations: CONFIRMATIONS_WATCHING,
    memory_budget: options.memoryBudget,
    detector: before?.growth ?? undefined,
    errors: () => ({ log_errors: logger.errors(), sink_errors: sender.errors() }),
  });
  if (before?.alerts) pipeline.engine.restore(before.alerts, bootKey.split(":")[0]!);
  const sender = new AlertSender({ engine: pipeline.engine, rules, quiet });
  const bootWatch = new BootWatch({
    roots,
    interval_seconds,
    started_at_seconds: before?.started_at_seconds ?? null,
    first_used_bytes: before?.baseline_used_bytes ?? null,
    earlier: await readEarlierBoots(directory, bootKey.split(":")[0]!),
  });
  const logger: SessionLogger = new SessionLogger({
    kind: "boot-diagnostics",
    directory,
    interval_seconds,
    duration_seconds,
    rotate_bytes: ROTATE_BYTES,
    retain_bytes: RETAIN_BYTES,
    retain_seconds: RETAIN_SECONDS,
    top: TOP,
    hide_arguments: options.hideArguments,
    addition: bootWatch,
    profiles: () => profiler?.taken() ?? [],
    say: (message) => say(message, false),
  });
  const progress = new CheckpointWriter({ file: progressFile, boot: bootKey, before, pipeline });
  const reporter = ServiceReporter.fromEnvironment({ interval_seconds, duration_seconds });
  const profiler: SuspectProfiler | null = options.profileSuspects
    ? (await import("../evidence/mod.ts")).profileSuspects(options, rules, logger)
    : null;
  const stop = stopOnSignals(() => say("finishing; Ctrl-C again quits at once", quiet));
  const releases = [
    onSignal("SIGUSR2", () => logger.writeSummary()),
    onSignal("SIGHUP", () => reloadRules(options, sender)),
  ];
  say(`logs go to ${directory}${before ? "; continuing this boot's watch" : ""}`, quiet);
  try {
    const page = options.listen === undefined ? [] : [
      await (await import("../monitor/page.ts")).startPage({
        access: options,
        pipeline,
        rules,
        sampler,
        roots,
        directory,
        hide_arguments: options.hideArguments,
        interval_seconds,
        quiet,
        profiles: () => profiler?.taken() ?? [],
      }),
    ];
    await sampler.prepare();
    await watch({
      source: sampler,
      interval_seconds,
      duration_seconds,
      signal: stop.signal,
      not_before_seconds: before?.time_seconds,
      pipeline,
      observers: [
        ...(profiler ? [profiler] : []),
        logger,
        sender,
        ...page,
        gcPacing(),
        progress,
        new ProgressLine({ duration_seconds, quiet }),
      ],
      // Ready means that the baseline is written.
      last: reporter,
    });
    say(`summary: ${logger.session?.paths().find((path) => path.endsWith("_summary.log"))}`, quiet);
    return EXIT_DONE;
  } finally {
    for (const release of releases) release();
    stop.release();
    sampler.close();
  }
}

/** What is left of the window that began with this boot's first start of the watch; null where that one is over. */
function secondsLeft(options: BootOptions, before: BootProgress): number | null {
  const left = before.started_at_seconds + options.minutes - Date.now() / 1000;
  // A clock that was set back makes the window no longer than it was.
  return before.done || (left <= 0 && !options.keepWatching)
    ? null
    : Math.min(options.minutes, Math.max(0, left));
}
