import { findTracefs, removeProbes } from "../native/tracefs.ts";

/** A probe is in use until the perf that records it has ended. */
const WAIT_SECONDS = 15;

/** { group }: removes the probes of one run. */
export async function removeProbeGroup({ group }: Record<string, unknown>): Promise<string | null> {
  if (typeof group !== "string" || !/^leakwatch_\w+$/.test(group)) {
    return `refused to remove probes of ${String(group)}`;
  }
  const tracefs = findTracefs();
  if (tracefs === null) return null;
  for (const until = performance.now() + WAIT_SECONDS * 1000;;) {
    const left = removeProbes(tracefs, group);
    if (left.length === 0) return null;
    if (performance.now() > until) return `probes ${left.join(", ")}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
