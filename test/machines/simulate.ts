/**
 * Plays the leaking machine: writes it to a directory and lets it grow by one step a second, until it is stopped, so that
 * a command can watch it: `deno run -A test/machines/simulate.ts /tmp/leaky & leakwatch analyze --proc-root /tmp/leaky/proc
 * --sys-root /tmp/leaky/sys --duration 20s --interval 1s`. Files change in place, as the kernel's do. Per second: process
 * python3 (830) 2 MiB of anonymous memory, ftpd (840) 4 sockets, slab cache kmalloc-1k 2 MiB.
 */

import { writeMachine } from "./machine.ts";
import { leaking } from "./machines.ts";

/** Brings the tree to its state after `step` seconds; tests with a clock of their own call this themselves. */
export function playStep(directory: string, step: number): void {
  writeMachine(directory, leaking(step));
}

if (import.meta.main) {
  const [directory, stepSeconds = "1"] = Deno.args;
  if (directory === undefined) {
    console.error(
      "play: which directory? deno run -A test/machines/simulate.ts DIRECTORY [SECONDS_PER_STEP]",
    );
    Deno.exit(2);
  }
  const begin = performance.now();
  for (let step = 0;; step++) {
    playStep(directory, step);
    const due = begin + (step + 1) * Number(stepSeconds) * 1000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
}
