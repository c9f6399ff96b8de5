/** Ctrl-C once ends the window early and still reports; twice quits at once. SIGTERM and SIGHUP of a terminal likewise. */

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Removes the handlers. */
  release(): void;
}

/** Listens for SIGINT and SIGTERM. `onFirst` runs once, when the first arrives. */
export function stopOnSignals(onFirst: () => void = () => {}): StopSignal {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) Deno.exit(130);
    onFirst();
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", handle);
  Deno.addSignalListener("SIGTERM", handle);
  return {
    signal: controller.signal,
    release() {
      Deno.removeSignalListener("SIGINT", handle);
      Deno.removeSignalListener("SIGTERM", handle);
    },
  };
}
