/**
 * Keeps the runtime's debugger shut; main.ts imports it before anything else.
 *
 * Deno 2.9.2 and newer open one on 127.0.0.1:9229 when SIGUSR1 arrives, 0.5 s after their start and later, without
 * authentication and without a switch (denoland/deno#35738): any local user could then run code as leakwatch. So the signal
 * must never arrive. The self-extracting file blocks it before it starts the runtime; everywhere else it is ignored here.
 */

import { ignoreSignal } from "../collectors/ffi.ts";
import { readSignalTreatment, SIGUSR1 } from "./signal_treatment.ts";

/** Deno's own delay is 500 ms. A start that takes longer may have had it open already. */
const SURELY_CLOSED_MILLISECONDS = 400;

/** Where libc cannot be called: shuts the debugger as soon as it is there. Whoever polls for it may be faster; `doctor` says so. */
async function closeDebugger(): Promise<void> {
  const { default: inspector } = await import("node:inspector");
  const end = performance.now() + 1000; // it is opened within this time or not at all
  while (inspector.url() === undefined) {
    if (performance.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  inspector.close();
}

if (readSignalTreatment() !== "blocked") {
  // The runtime takes over a signal's disposition once, for its first listener: this one. The debugger's comes later and
  // is only put on the runtime's list, which nothing calls any more once the kernel ignores the signal.
  Deno.addSignalListener("SIGUSR1", closeDebugger);
  ignoreSignal(SIGUSR1);
  if (performance.now() > SURELY_CLOSED_MILLISECONDS) {
    const { default: inspector } = await import("node:inspector");
    if (inspector.url() !== undefined) {
      console.error("leakwatch: SIGUSR1 opened a debugger before startup was complete; start again");
      Deno.exit(1);
    }
  }
}
