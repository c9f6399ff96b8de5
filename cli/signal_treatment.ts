/** How the kernel treats SIGUSR1 for this process; see no_debugger.ts. */

/** On x86_64 and aarch64; signal(7). */
export const SIGUSR1 = 10;

/** How the kernel treats a signal for this process. `delivered`: to a handler, or it ends the process. */
export type SignalTreatment = "blocked" | "ignored" | "delivered";

/** From the text of /proc/PID/status: the masks SigBlk (of the thread) and SigIgn (of the process), bit N − 1 for signal N. */
export function parseSignalTreatment(status: string, signal = SIGUSR1): SignalTreatment {
  const has = (mask: string) => {
    const digits = new RegExp(`^${mask}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0";
    return (BigInt(`0x${digits}`) >> BigInt(signal - 1) & 1n) === 1n;
  };
  return has("SigBlk") ? "blocked" : has("SigIgn") ? "ignored" : "delivered";
}

/** How SIGUSR1 is treated now. Where it is blocked for this thread, it was before the runtime began: for all of them. */
export function readSignalTreatment(): SignalTreatment {
  try {
    return parseSignalTreatment(Deno.readTextFileSync("/proc/thread-self/status"));
  } catch {
    return "delivered";
  }
}
