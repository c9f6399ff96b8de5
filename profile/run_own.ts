/** Starts leakwatch again: the watchdog, and runs that need another network or nobody's waiting. */

import { readOutcome, signalChild, type ToolOutcome } from "./child_outcome.ts";
import { requireTool } from "./find_tool.ts";

/** Starts the watchdog (guards/watchdog.ts) in a session of its own: no Ctrl-C of the terminal reaches it. */
export function spawnWatchdog([program, ...args]: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(program!, {
    args,
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    detached: true,
  }).spawn();
}

export interface OwnRun {
  /** Program and arguments of a further leakwatch. */
  command: readonly string[];
  /** `/proc/PID/ns/net` of the network namespace in which it runs; left out: ours. Needs nsenter and root. */
  network_namespace?: string;
  /** It is asked to end (SIGTERM) after this, and killed where it has not done so in the time that undoing takes. */
  seconds: number;
  max_stdout_bytes: number;
  /** Asks it to end: it then reports what it has. */
  signal?: AbortSignal;
}

/** Names the process with which a further leakwatch ends: what it does must not go on unseen. */
export const PARENT_VARIABLE = "LEAKWATCH_PROFILE_PARENT";
/** For an orderly end: undoing closes an inspector, stops a recording, waits for gdb. */
const UNDO_SECONDS = 20;

/**
 * Runs leakwatch again, in a session of its own, and resolves when it and its watchdog have ended: the watchdog holds the same
 * standard error. Throws ProfileError where nsenter is needed and missing.
 */
export async function runOwn(run: OwnRun): Promise<ToolOutcome> {
  const [program, ...args] = run.network_namespace === undefined
    ? run.command
    : [requireTool("nsenter"), `--net=${run.network_namespace}`, "--", ...run.command];
  const child = new Deno.Command(program!, {
    args,
    cwd: "/",
    env: { [PARENT_VARIABLE]: String(Deno.pid) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let killing: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    if (killing !== undefined) return;
    signalChild(child, "SIGTERM");
    killing = setTimeout(() => signalChild(child, "SIGKILL"), UNDO_SECONDS * 1000);
  };
  try {
    return await readOutcome(child, { ...run, end, interrupt: end });
  } finally {
    clearTimeout(killing);
  }
}
