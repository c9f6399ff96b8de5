import { ProfileError } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { ProfileSite } from "../result.ts";
import { RUN_ID } from "../run_tool.ts";
import { isSame, readTarget, type Target } from "../target.ts";
import { runPython } from "./inject.ts";
import traceStop from "./trace_stop.py" with { type: "text" };

/** Frames of each stack: more cost memory and time for every block. */
export const MAX_FRAMES = 10;

/** What trace_read.py answers. */
export interface Trace {
  sites: Omit<ProfileSite, "share">[];
  /** What tracemalloc held itself. */
  overhead_bytes: number;
  milliseconds: number;
}

/** The target's word, checked; what our own scripts allocated is left out. Throws ProfileError. Pure. */
export function parseTrace(answer: Record<string, unknown>): Trace {
  const { sites, overhead_bytes, milliseconds } = answer;
  if (!Array.isArray(sites) || typeof overhead_bytes !== "number" || typeof milliseconds !== "number") {
    throw new ProfileError("the target's answer is no trace");
  }
  return { sites: sites.flatMap(readSite), overhead_bytes, milliseconds };
}

function readSite(site: unknown): Omit<ProfileSite, "share">[] {
  if (!isRecord(site) || typeof site.live_bytes !== "number" || typeof site.count !== "number") return [];
  if (!Array.isArray(site.stack)) return [];
  const stack = site.stack.filter((frame) => typeof frame === "string").slice(0, MAX_FRAMES);
  if (stack.some((frame) => frame.includes("/leakwatch-profile-"))) return [];
  return [{ stack, type: null, live_bytes: site.live_bytes, count: site.count, held_by: null }];
}

export function traceUndo({ pid, start_ticks, proc }: Target) {
  return { kind: "python-trace" as const, pid, start_ticks, proc, run: RUN_ID };
}

/** { pid, start_ticks, proc, run }: stops tracemalloc where that run started it. */
export async function undoTrace(step: Record<string, unknown>): Promise<string | null> {
  const { pid, start_ticks, proc, run } = step as {
    pid: number;
    start_ticks: number;
    proc: string;
    run: string;
  };
  if (!isSame({ pid, start_ticks, proc })) return null;
  try {
    await runPython({
      target: readTarget(pid, proc),
      code: traceStop,
      setup: { run },
      page: { address: null },
      undo: null,
    });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `tracemalloc may still run in process ${pid} (${reason}); tracemalloc.stop() there ends it`;
  }
}
