import { RUN_VARIABLE, WAIT_VARIABLE } from "../run_id.ts";

/** A tool that must finish brings its own limit, which is below this. */
const WAIT_SECONDS = 90;
const KILL_SECONDS = 10;

/**
 * Ends the tools that a run of leakwatch left, found by the mark in their environment: those that may be killed at once,
 * those that must finish (gdb with a call pending) by waiting. Returns what is still there.
 */
export async function endTools(run: string, proc = "/proc"): Promise<string | null> {
  const deadline = performance.now() + WAIT_SECONDS * 1000;
  const killUntil = performance.now() + KILL_SECONDS * 1000;
  for (;;) {
    const killable = findMarked(`${RUN_VARIABLE}=${run}`, proc);
    for (const pid of killable) kill(pid);
    const waiting = findMarked(`${WAIT_VARIABLE}=${run}`, proc);
    if (killable.length === 0 && waiting.length === 0) return null;
    const now = performance.now();
    if (now > deadline || (waiting.length === 0 && now > killUntil)) {
      return `tools that do not exit: ${[...killable, ...waiting].join(", ")}`;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Only processes of our own user: others could carry any mark. */
function findMarked(mark: string, proc: string): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync(proc)) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    try {
      if (Deno.statSync(`${proc}/${name}`).uid !== Deno.uid()) continue;
      if (Deno.readTextFileSync(`${proc}/${name}/environ`).split("\0").includes(mark)) {
        found.push(Number(name));
      }
    } catch {
      // Gone meanwhile, or not readable: not ours.
    }
  }
  return found;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
