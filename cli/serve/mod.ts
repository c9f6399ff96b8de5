/** `leakwatch serve`: the page on localhost, live while somebody looks, and every recorded session. */

import { rootsAt } from "../../collectors/roots.ts";
import { Sampler } from "../../collectors/mod.ts";
import type { ServeOptions } from "../commands/options.ts";
import { CONFIRMATIONS_WATCHING, createPipeline } from "../create_pipeline.ts";
import { sessionDirectories } from "../directories.ts";
import { EXIT_DONE } from "../errors.ts";
import { say } from "../output.ts";
import { loadRules } from "../rules/load.ts";
import { gcPacing } from "../gc_pacing.ts";
import { stopOnSignals } from "../stop_signal.ts";
import { offerBrowser, sshTunnel } from "./offer_browser.ts";
import { makeDefaultToken } from "./default_token.ts";
import { viewDependencies } from "./live_adapter.ts";
import { startServer } from "./server.ts";
import { sessionLibrary } from "./session_library.ts";
import { watchOnDemand } from "./on_demand_loop.ts";

/** Runs until stopped; resolves to the exit code. Throws UserError. */
export async function serve(options: ServeOptions): Promise<number> {
  const roots = rootsAt(options.procRoot, options.sysRoot);
  const rules = await loadRules(options.rules);
  const sampler = new Sampler({ roots, interval_seconds: options.interval });
  const pipeline = createPipeline({ sampler, roots, rules, confirmations: CONFIRMATIONS_WATCHING });
  const stop = stopOnSignals();
  try {
    const fleet = options.from === undefined
      ? undefined
      : (await import("./fleet_options.ts")).fleetOf(options, options.from, stop.signal);
    const server = await startServer({
      port: options.port,
      host: options.host,
      port_option: "--port",
      token_file: options.tokenFile,
      default_token: options.token ? makeDefaultToken(roots.proc) : null,
      live: viewDependencies({
        pipeline,
        rules,
        sampler,
        roots,
        hide_arguments: options.hideArguments,
        interval_seconds: options.interval,
      }),
      library: sessionLibrary([...sessionDirectories(), ...options.dir ?? []], rules, options.hideArguments),
      fleet,
      say: (message) => say(message, false),
    });
    // Without the token that is in it, nobody could look.
    say(`${server.url}  Ctrl-C ends it`, options.quiet && !server.url.includes("?token="));
    const tunnel = sshTunnel(server.url, Deno.hostname());
    if (tunnel) say(tunnel, options.quiet);
    if (!options.quiet) offerBrowser(server.url);
    // Whoever starts it is about to look: the first samples are there by then.
    server.live.presence.touch();
    await sampler.prepare();
    await watchOnDemand(server.live, {
      source: sampler,
      interval_seconds: options.interval,
      signal: stop.signal,
      pipeline,
      observers: [gcPacing()],
    });
    await server.close();
    return EXIT_DONE;
  } finally {
    sampler.close();
    stop.release();
  }
}
