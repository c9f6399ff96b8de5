/** Listens for a signal; the function that is returned stops listening. Not SIGUSR1: that one is no_debugger.ts's. */
export function onSignal(signal: "SIGHUP" | "SIGUSR2", handle: () => void): () => void {
  Deno.addSignalListener(signal, handle);
  return () => Deno.removeSignalListener(signal, handle);
}
