/** How much the target grew in the seconds of a profile: the figure that sites have to explain. */

import type { Target } from "./target.ts";

/**
 * Memory that only this process holds: RssAnon + VmSwap of /proc/PID/status (proc_pid_status(5)); null where it is gone or
 * hidden, or the kernel (before 4.5) has no RssAnon. May lag by some dozens of pages for each processor.
 */
function readLeakableBytes(target: Pick<Target, "pid" | "proc">): number | null {
  try {
    return parseLeakableBytes(Deno.readTextFileSync(`${target.proc}/${target.pid}/status`));
  } catch {
    return null;
  }
}

/** The same of the text. Pure. */
function parseLeakableBytes(status: string): number | null {
  const kilobytes = (name: string) => new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
  const anonymous = kilobytes("RssAnon");
  return anonymous === undefined ? null : (Number(anonymous) + Number(kilobytes("VmSwap") ?? 0)) * 1024;
}

/** Begins to measure; the function that comes back tells the growth and the seconds since. */
export function measureGrowth(
  target: Pick<Target, "pid" | "proc">,
): () => { growth_bytes: number | null; seconds: number } {
  const before = readLeakableBytes(target);
  const began = performance.now();
  return () => {
    const after = readLeakableBytes(target);
    return {
      growth_bytes: before === null || after === null ? null : after - before,
      seconds: (performance.now() - began) / 1000,
    };
  };
}

/** Waits for the window, or until it is ended early; resolves to the seconds it lasted. */
export async function waitWindow(seconds: number, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  if (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, seconds * 1000);
      signal.addEventListener("abort", end);
    });
  }
  return (performance.now() - began) / 1000;
}
