/** `leakwatch serve`: the page on localhost, live while somebody looks, and every recorded session. */

import { Sampler } from "../../collectors/mod.ts";
import type { ServeOptions } from "../commands/serve.ts";
import { sessionDirectories } from "../directories.ts";
import { EXIT_DONE } from "../errors.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { liveDependencies } from "./live_dependencies.ts";
import { sessionLibrary } from "./session_library.ts";
import { startServer } from "./server.ts";
import { watchWhileSeen } from "./watch_while_seen.ts";

export async function serve(options: ServeOptions): Promise<number> {
  const say = (message: string) => console.error(message);
  const sampler = new Sampler({
    roots: { proc: options.procRoot, sys: options.sysRoot },
    interval_seconds: options.interval,
  });
  const { live, observers } = liveDependencies({
    hide_arguments: options.hideArguments,
    interval_seconds: options.interval,
    rules_file: options.rules,
  });
  const stop = stopOnSignals();
  try {
    const server = await startServer({
      port: options.port,
      host: options.host,
      token_file: options.tokenFile,
      live,
      library: sessionLibrary([...sessionDirectories(), ...options.dir ?? []], options.hideArguments),
      say,
    });
    if (!options.quiet) console.error(`leakwatch: ${server.url}  (Ctrl-C ends it)`);
    await watchWhileSeen(server.live, sampler, observers, options.interval, stop.signal);
    await server.close();
    return EXIT_DONE;
  } finally {
    sampler.close();
    stop.release();
  }
}
