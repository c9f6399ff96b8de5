/** Listens for a signal; the function that is returned stops listening. */
export function onSignal(signal: Deno.Signal, handle: () => void): () => void {
  Deno.addSignalListener(signal, handle);
  return () => Deno.removeSignalListener(signal, handle);
}
