/** What every method that records with perf needs. Reads only. */

import type { MethodOffer } from "../method.ts";
import { unavailable } from "../method.ts";
import { findTool } from "../find_tool.ts";
import { mayRecordOthers } from "../guards/capabilities.ts";
import { readTracer } from "../guards/tracer.ts";
import type { Target } from "../target.ts";

/** Why perf cannot record the target here, or null. `tracepoints`: page faults need no more than the same user. */
export function whyNoPerf(target: Target, tracepoints: boolean): string | null {
  if (findTool("perf") === null) {
    return "perf is not installed; install linux-perf (Debian), linux-tools-generic (Ubuntu) or perf (Fedora, Alpine)";
  }
  if (tracepoints && !mayRecordOthers()) return "tracepoints need root; run leakwatch as root";
  if (Deno.uid() !== target.uid && !mayRecordOthers()) {
    return "the process is another user's; run leakwatch as root";
  }
  if (readTracer(target)) return "another program traces it; stop that first";
  return null;
}

/** The offer, available unless there is a reason. */
export function offerUnless(
  reason: string | null,
  offer: Omit<MethodOffer, "available" | "reason">,
): MethodOffer {
  return reason === null ? { ...offer, available: true, reason } : unavailable(offer, reason);
}
