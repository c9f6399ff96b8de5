/** Listens for a signal; the function that is returned stops listening. */
export function onSignal(signal: Deno.Signal, handle: () => void): () => void {
  const listener = () => {
    if (signal === "SIGUSR1") closeDebugger();
    handle();
  };
  Deno.addSignalListener(signal, listener);
  return () => Deno.removeSignalListener(signal, listener);
}

/** The runtime opens it within this time, or not at all. */
const DEBUGGER_SECONDS = 1;

/**
 * Deno 2.9.2 and newer answer SIGUSR1 by opening a debugger on 127.0.0.1:9229, listener or not (denoland/deno#35738, without a
 * switch). Whoever can reach it runs code as leakwatch, so it is closed the moment it is there.
 */
async function closeDebugger(): Promise<void> {
  const { default: inspector } = await import("node:inspector");
  const end = performance.now() + DEBUGGER_SECONDS * 1000;
  while (performance.now() < end) {
    if (inspector.url() !== undefined) return inspector.close();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
