/** Allocations traced by the interpreter itself for the length of the window, started and stopped through gdb: which line. */

import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import type { Interpreter } from "../inject/interpreter.ts";
import { codeCommands, codeOffer } from "../inject/offer.ts";
import { noPage, runCode } from "../inject/run_code.ts";
import { MAX_FRAMES, parseTrace, traceUndo } from "../inject/trace.ts";
import type { Method, RunOptions } from "../method.ts";
import { PYTHON } from "../python/interpreter.ts";
import { pythonRefusal } from "../python/version.ts";
import { makeResult, rankSites } from "../result.ts";
import { RUBY } from "../ruby/interpreter.ts";
import { rubyRefusal } from "../ruby/version.ts";
import { RUN_ID } from "../run_id.ts";
import { assertSame, type Target } from "../target.ts";

const SITES = 200;

export const pythonTracemalloc: Method = {
  name: "python-tracemalloc",
  title: "which line allocated what is alive at the end of the window",
  rank: 20,
  appliesTo: ({ runtime }) => runtime === "python",
  describe: (target) =>
    codeOffer(target, "CPython 3.7 or newer", pythonRefusal(target), {
      consent: 2,
      cost: {
        pause: "1 s for 135,000 blocks",
        slowdown: "2 to 3 times slower during the window",
        ...left(PYTHON),
      },
      undo: "stops tracemalloc, removes the scripts",
      commands: traceCommands(target, PYTHON),
    }),
  run: (target, options) => profileAllocations("python-tracemalloc", PYTHON, target, options),
};

export const rubyAllocations: Method = {
  name: "ruby-allocations",
  title: "which line allocated what is alive at the end of the window",
  rank: 20,
  appliesTo: ({ runtime }) => runtime === "ruby",
  describe: (target) =>
    codeOffer(target, "Ruby 3.0 to 3.2", rubyRefusal(target), {
      consent: 2,
      cost: {
        pause: "0.2 s twice for gdb, a full collection",
        slowdown: "every allocation records its line during the window",
        ...left(RUBY),
      },
      undo: "stops recording allocations, removes the scripts",
      commands: traceCommands(target, RUBY),
    }),
  run: (target, options) => profileAllocations("ruby-allocations", RUBY, target, options),
};

function left({ left_behind }: Interpreter): { left_behind: string } {
  return { left_behind: [...left_behind.always, ...left_behind.after_trace].join("; ") };
}

function traceCommands(target: Target, interpreter: Interpreter): string[] {
  return [
    ...codeCommands(target, interpreter, "trace_start"),
    "wait",
    ...codeCommands(target, interpreter, "trace_read"),
  ];
}

async function profileAllocations(
  method: string,
  interpreter: Interpreter,
  target: Target,
  options: RunOptions,
) {
  const { undo } = options;
  const { name, trace, left_behind } = interpreter;
  const common = {
    target,
    interpreter,
    setup: { run: RUN_ID, frames: MAX_FRAMES, sites: SITES },
    page: noPage(),
    undo,
  };
  const stop = await undo.register(traceUndo(target, interpreter));
  options.progress("starting to trace allocations");
  const started = await runCode({ ...common, code: trace.start });
  if (started.is_ours !== true) {
    await undo.forget(stop);
    throw new ProfileError(`${name} traces its allocations already: whoever started that can read it there`);
  }
  const growth = measureGrowth(target);
  await waitWindow(options.seconds, options.signal);
  const { growth_bytes: rss_growth, seconds } = growth();
  options.progress("reading the trace");
  const found = parseTrace(await runCode({ ...common, code: trace.read }));
  await undo.forget(stop);
  assertSame(target);
  const isHeap = typeof started.heap_bytes === "number" && found.heap_bytes !== null;
  // What the trace itself holds is a part of what the process grew by.
  const growth_bytes = isHeap
    ? found.heap_bytes! - Number(started.heap_bytes)
    : rss_growth === null
    ? null
    : rss_growth - found.overhead_bytes;
  const sites = rankSites(found.sites);
  return [makeResult(method, target, {
    seconds,
    growth_bytes,
    growth_source: isHeap ? "heap" : "rss",
    meaning: "outstanding",
    sites,
    cost: {
      pause_ms: Math.max(found.milliseconds, common.page.longest_stop_ms),
      slowdown: null,
      left_behind: [...left_behind.always, ...left_behind.after_trace],
    },
    warnings: [
      `only what was allocated in the window of ${
        Math.round(seconds)
      } s is seen: a cache that was refilled in it ` +
      "shows too",
    ],
  })];
}
