/** Signals that a process catches. One that it does not catch would end it. */

import type { Target } from "../target.ts";

/** Numbers of Linux on x86-64 and arm64 (signal(7)). */
const NUMBERS = { SIGQUIT: 3, SIGUSR1: 10, SIGUSR2: 12 } as const;

export type GuardedSignal = keyof typeof NUMBERS;

/** Whether SigCgt of /proc/PID/status names the signal; false where it cannot be read. */
export function catchesSignal(target: Pick<Target, "pid" | "proc">, signal: GuardedSignal): boolean {
  try {
    return isCaught(Deno.readTextFileSync(`${target.proc}/${target.pid}/status`), signal);
  } catch {
    return false;
  }
}

/** The same on the text of a status file. Pure. */
export function isCaught(status: string, signal: GuardedSignal): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]{1,32})$/m.exec(status)?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) >> BigInt(NUMBERS[signal] - 1) & 1n) === 1n;
}
