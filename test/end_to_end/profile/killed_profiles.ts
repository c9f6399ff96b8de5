/** `kill -9` of leakwatch in the middle of its work, and the wait until all that it had begun is undone. */

import assert from "node:assert/strict";
import { type LeakingProgram, waitFor } from "./leaking_program.ts";
import { leakwatch, startLeakwatch } from "./run_profile.ts";

const KILLS = 20;
/** Programs that are profiled at the same time. */
const AT_ONCE = 4;

/** Starts as many of a program as are profiled at the same time. */
export async function startMany(
  start: () => Promise<LeakingProgram>,
): Promise<{ all: LeakingProgram[] } & AsyncDisposable> {
  const all = await Promise.all(Array.from({ length: AT_ONCE }, start));
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((program) => program.stop()));
    },
  };
}

/**
 * Profiles the programs side by side, over and over, and kills each leakwatch at another moment of its work: twenty moments, spread
 * evenly from its start to its end. `check` looks at each program after each round, when all is undone.
 */
export async function killTwenty(
  programs: readonly LeakingProgram[],
  args: readonly string[],
  check: (program: LeakingProgram) => void,
): Promise<void> {
  const commands = programs.map(({ pid }) => [String(pid), ...args]);
  const began = performance.now();
  for (const { code, stderr } of await Promise.all(commands.map((words) => leakwatch(...words)))) {
    assert.equal(code, 0, stderr);
  }
  const whole = performance.now() - began;
  for (let kill = 0; kill < KILLS; kill += programs.length) {
    await Promise.all(
      commands.map((words, at) => killedProfile((kill + at + 0.5) / KILLS * whole, ...words)),
    );
    programs.forEach(check);
  }
  await Promise.all(programs.map((program) => program.assertUnharmed()));
}

/** Starts a profile, kills leakwatch after `milliseconds`, and waits for its watchdog and its tools to end. */
async function killedProfile(milliseconds: number, ...args: string[]): Promise<void> {
  const child = startLeakwatch("profile", ...args);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await killWithChildren(child);
}

/** Kills a leakwatch, and waits for the processes that it had started to end by themselves. */
export async function killWithChildren(child: Deno.ChildProcess): Promise<void> {
  const started = stopAndList(child.pid);
  try {
    child.kill("SIGKILL");
  } catch {
    // It had ended.
  }
  await Promise.all([child.status, child.stdout.cancel(), child.stderr.cancel()]);
  await waitFor("what leakwatch had started to end", () => started.every(hasEnded) || null);
}

interface Started {
  pid: number;
  start_ticks: string;
}

/** A stopped process starts nothing more, so that this is all of them. */
function stopAndList(pid: number): Started[] {
  try {
    Deno.kill(pid, "SIGSTOP");
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ").filter((word) =>
        word !== ""
      )
    ).map((word) => ({ pid: Number(word), start_ticks: startTicks(Number(word)) ?? "" }));
  } catch {
    return []; // It has ended, and all that it had started before it.
  }
}

const hasEnded = ({ pid, start_ticks }: Started) => startTicks(pid) !== start_ticks;

/** null where there is no such process, or it is a zombie. */
function startTicks(pid: number): string | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : fields[19]!;
  } catch {
    return null;
  }
}
