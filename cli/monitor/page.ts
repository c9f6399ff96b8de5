/** The page served from the process that records: `--ui`, `--listen`. Loaded only where it is asked for. */

import type { Roots } from "../../collectors/roots.ts";
import type { Sampler } from "../../collectors/mod.ts";
import type { Evaluation } from "../../model/evaluation.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import type { MachineViewPorts } from "../../ui/server/ports.ts";
import { sessionDirectories } from "../directories.ts";
import type { Pipeline } from "../pipeline.ts";
import { say } from "../output.ts";
import type { PageAccessOptions } from "../arguments/page.ts";
import { makeDefaultToken } from "../serve/default_token.ts";
import { viewDependencies } from "../serve/live_adapter.ts";
import { startServer } from "../serve/server.ts";
import { sessionLibrary } from "../serve/session_library.ts";
import { reasonOf } from "../../model/error_reason.ts";
import type { Observer } from "../sample_loop.ts";

const DEFAULT_PORT = 7437;

export interface PageOptions {
  /** `--ui`: a port of this machine only; true: the default one. */
  ui?: number | true;
  access: PageAccessOptions;
  pipeline: Pipeline;
  rules: RuleSet;
  sampler: Sampler;
  roots: Roots;
  /** Where this session's logs go. */
  directory: string;
  hide_arguments: boolean;
  interval_seconds: number;
  quiet: boolean;
  /** What was found inside suspects so far. */
  profiles?: MachineViewPorts["profiles"];
}

/** Starts the server; the observer that is returned feeds the page. Throws UserError. */
export async function startPage(options: PageOptions): Promise<Observer> {
  const { ui, access, directory, hide_arguments, quiet } = options;
  const { host, port } = access.listen ??
    { host: "127.0.0.1", port: typeof ui === "number" ? ui : DEFAULT_PORT };
  const server = await startServer({
    port,
    host,
    port_option: access.listen ? "--listen" : "--ui",
    token_file: access.tokenFile,
    default_token: access.token ? makeDefaultToken(options.roots.proc) : null,
    live: viewDependencies(options),
    library: sessionLibrary([directory, ...sessionDirectories()], options.rules, hide_arguments),
    say: (message) => say(message, false),
  });
  // Without the token that is in it, nobody could look.
  say(server.url, quiet && !server.url.includes("?token="));
  return withoutErrors({
    observe: (evaluation) => server.live.observe(evaluation),
    close: () => server.close(),
  });
}

/** The recording goes on whatever becomes of the page; what goes wrong there is said once. */
function withoutErrors(
  { observe, close }: { observe(evaluation: Evaluation): void; close(): Promise<void> },
): Observer {
  let isReported = false;
  const report = (error: unknown) => {
    if (!isReported) say(`the page failed, recording continues: ${reasonOf(error)}`, false);
    isReported = true;
  };
  return {
    observe(evaluation) {
      try {
        observe(evaluation);
      } catch (error) {
        report(error);
      }
    },
    async close() {
      try {
        await close();
      } catch (error) {
        report(error);
      }
    },
  };
}
