/** tracemalloc for the length of the window, started and stopped inside the target through gdb: which line allocates. */

import { measureGrowth, waitWindow } from "../growth.ts";
import { ProfileError } from "../errors.ts";
import type { Method } from "../method.ts";
import { runPython } from "../python/inject.ts";
import { MAX_FRAMES, parseTrace, traceUndo } from "../python/trace.ts";
import traceRead from "../python/trace_read.py" with { type: "text" };
import traceStart from "../python/trace_start.py" with { type: "text" };
import { coverageOf, rankSites } from "../result.ts";
import { RUN_ID } from "../run_tool.ts";
import { assertSame } from "../target.ts";
import { injectCommands, LEFT_BEHIND, pythonOffer } from "./python_types.ts";

const SITES = 200;

export const pythonTracemalloc: Method = {
  name: "python-tracemalloc",
  title: "which line allocated what is alive at the end of the window",
  rank: 20,
  appliesTo: ({ runtime }) => runtime === "python",
  describe: (target) =>
    pythonOffer(target, {
      consent: 2,
      cost: {
        pause: "1 s for 135,000 blocks",
        slowdown: "2 to 3 times slower during the window",
        left_behind: [...LEFT_BEHIND, "the module tracemalloc, stopped"].join("; "),
      },
      undo: "stops tracemalloc, removes the scripts",
      commands: [...injectCommands(target, "trace_start"), "wait", ...injectCommands(target, "trace_read")],
    }),
  async run(target, options) {
    const page = { address: null };
    const { undo } = options;
    const stop = await undo.register(traceUndo(target));
    options.progress("starting tracemalloc");
    const setup = { run: RUN_ID, frames: MAX_FRAMES, sites: SITES };
    const started = await runPython({ target, code: traceStart, setup, page, undo });
    if (started.is_ours !== true) {
      await undo.forget(stop);
      throw new ProfileError("tracemalloc runs already in this process: who started it may read it there");
    }
    const growth = measureGrowth(target);
    await waitWindow(options.seconds, options.signal);
    const { growth_bytes, seconds } = growth();
    options.progress("reading tracemalloc");
    const trace = parseTrace(await runPython({ target, code: traceRead, setup, page, undo }));
    await undo.forget(stop);
    assertSame(target);
    // What tracemalloc itself holds is a part of what the process grew by.
    const grown = growth_bytes === null ? null : growth_bytes - trace.overhead_bytes;
    const sites = rankSites(trace.sites);
    return [{
      method: pythonTracemalloc.name,
      pid: target.pid,
      start_time: target.start_time,
      seconds,
      part: null,
      growth_bytes: grown,
      growth_source: "rss",
      meaning: "outstanding",
      coverage: coverageOf(sites, grown),
      lost_events: 0,
      sites,
      cost: {
        pause_ms: trace.milliseconds,
        slowdown: null,
        left_behind: [...LEFT_BEHIND, "the module tracemalloc, stopped"],
      },
      warnings: [
        `only what was allocated in the window of ${
          Math.round(seconds)
        } s is seen: a cache that was refilled in it ` +
        "shows too",
      ],
    }];
  },
};
