import { ProfileError } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { ProfileSite } from "../result.ts";
import { RUN_ID } from "../run_id.ts";
import { isSame, readTarget, type Target } from "../target.ts";
import type { Interpreter } from "./interpreter.ts";
import { noPage, runCode } from "./run_code.ts";

/** Frames of each stack: more cost memory and time for every block. */
export const MAX_FRAMES = 10;

/** What `trace.read` of an interpreter answers. */
export interface Trace {
  sites: Omit<ProfileSite, "share">[];
  /** What the trace itself held. */
  overhead_bytes: number;
  /** Live bytes of the interpreter's heap at the end, where it can tell. */
  heap_bytes: number | null;
  milliseconds: number;
}

/** The target's word, checked; what our own scripts allocated is left out. Throws ProfileError. Pure. */
export function parseTrace(answer: Record<string, unknown>): Trace {
  const { sites, overhead_bytes, milliseconds } = answer;
  if (!Array.isArray(sites) || typeof overhead_bytes !== "number" || typeof milliseconds !== "number") {
    throw new ProfileError("the target's answer is not a trace");
  }
  const heap_bytes = typeof answer.heap_bytes === "number" ? answer.heap_bytes : null;
  return { sites: sites.flatMap(readSite), overhead_bytes, heap_bytes, milliseconds };
}

function readSite(site: unknown): Omit<ProfileSite, "share">[] {
  if (!isRecord(site) || typeof site.live_bytes !== "number" || typeof site.count !== "number") return [];
  if (!Array.isArray(site.stack)) return [];
  const stack = site.stack.filter((frame) => typeof frame === "string").slice(0, MAX_FRAMES);
  if (stack.some((frame) => frame.includes("/leakwatch-profile-"))) return [];
  return [{ stack, type: null, live_bytes: site.live_bytes, count: site.count, held_by: null }];
}

/** Undoes the start of a trace, whether it was started or not. */
export function traceUndo({ pid, start_ticks, proc }: Target, { name }: Interpreter) {
  return { kind: "interpreter-trace" as const, pid, start_ticks, proc, interpreter: name, run: RUN_ID };
}

/** Stops a trace where that run of leakwatch started it. Returns what could not be undone. */
export async function stopTrace(
  interpreter: Interpreter,
  { pid, start_ticks, proc, run }: { pid: number; start_ticks: number; proc: string; run: string },
): Promise<string | null> {
  if (!isSame({ pid, start_ticks, proc })) return null;
  const { name, trace } = interpreter;
  try {
    const target = readTarget(pid, proc);
    await runCode({
      target,
      interpreter,
      code: trace.stop,
      setup: { run },
      page: noPage(),
      undo: null,
    });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `allocations of ${name} process ${pid} may still be traced, which slows it until it is restarted (${reason})`;
  }
}
