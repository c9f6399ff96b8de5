/** The page served from the process that records: `monitor --ui`. Loaded only where it is asked for. */

import type { Roots } from "../../collectors/collector.ts";
import type { Sampler } from "../../collectors/mod.ts";
import type { Sample } from "../../model/sample.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import { sessionDirectories } from "../directories.ts";
import type { Pipeline } from "../pipeline.ts";
import { say } from "../output.ts";
import { liveDependencies } from "../serve/live_adapter.ts";
import { startServer } from "../serve/server.ts";
import { sessionLibrary } from "../serve/session_library.ts";
import { reasonOf } from "../../model/error_reason.ts";
import type { Observer } from "../sample_loop.ts";

const DEFAULT_PORT = 7437;

export interface PageOptions {
  /** true: the default one. */
  port: number | true;
  pipeline: Pipeline;
  rules: RuleSet;
  sampler: Sampler;
  roots: Roots;
  /** Where this session's logs go. */
  directory: string;
  hide_arguments: boolean;
  interval_seconds: number;
  quiet: boolean;
}

/** Starts the server on this machine only; the observer that is returned feeds the page. Throws UserError. */
export async function startPage(options: PageOptions): Promise<Observer> {
  const { port, directory, hide_arguments, quiet } = options;
  const server = await startServer({
    port: port === true ? DEFAULT_PORT : port,
    host: "127.0.0.1",
    port_option: "--ui",
    live: liveDependencies(options),
    library: sessionLibrary([directory, ...sessionDirectories()], hide_arguments),
    say: (message) => say(message, false),
  });
  say(server.url, quiet);
  return withoutErrors({
    observe: (sample) => server.live.observe(sample),
    close: () => server.close(),
  });
}

/** The recording goes on whatever becomes of the page; what goes wrong there is said once. */
function withoutErrors(
  { observe, close }: { observe(sample: Sample): void; close(): Promise<void> },
): Observer {
  let isReported = false;
  const report = (error: unknown) => {
    if (!isReported) say(`the page has an error, the recording goes on: ${reasonOf(error)}`, false);
    isReported = true;
  };
  return {
    observe(sample) {
      try {
        observe(sample);
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
