import { ProfileError } from "../errors.ts";
import type { Target } from "../target.ts";

/** Process that traces the target (a debugger, strace), 0 for none; null where it cannot be read. */
export function readTracer(target: Pick<Target, "pid" | "proc">): number | null {
  try {
    const status = Deno.readTextFileSync(`${target.proc}/${target.pid}/status`);
    const tracer = /^TracerPid:\s*(\d+)$/m.exec(status)?.[1];
    return tracer === undefined ? null : Number(tracer);
  } catch {
    return null;
  }
}

/** Throws ProfileError where a debugger holds the target: two at once stop it for good. */
export function assertUntraced(target: Pick<Target, "pid" | "proc">): void {
  const tracer = readTracer(target);
  if (tracer) {
    throw new ProfileError(`process ${target.pid} is being traced by process ${tracer}; stop that first`);
  }
}
