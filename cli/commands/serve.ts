import { Command, Option } from "commander";
import { durationOption, repeatable, wholeNumber } from "../arguments/quantity.ts";
import { withTokenOptions } from "../arguments/page.ts";
import { withSharedOptions } from "../arguments/shared.ts";
import type { Outcome, ServeOptions } from "./options.ts";

export const DEFAULT_PORT = 7437;

export function serveCommand(outcome: Outcome): Command {
  const command = new Command("serve")
    .summary("the web page on localhost: live, and every recorded session")
    .description("Serves a page that shows this machine live and every recorded session.")
    .addOption(
      new Option("-p, --port <port>", "port to listen on; 0 takes any").argParser(wholeNumber(0, 65_535))
        .default(DEFAULT_PORT),
    )
    .addOption(
      new Option("--host <address>", "address to listen on; unless it is loopback, --token-file is required")
        .default("127.0.0.1"),
    )
    .addOption(
      new Option("--dir <dir>", "read recorded sessions here too (repeatable)").argParser(repeatable(String)),
    )
    .addOption(
      new Option("-i, --interval <time>", "time between live samples").argParser(durationOption("s", 0.5))
        .default(2, "2s"),
    )
    .addOption(new Option("--rules <file>", "alert rules to use instead of the built-in ones"))
    .addOption(
      new Option("--from <url>", "show a fleet instead: the history of a Prometheus or VictoriaMetrics"),
    )
    .addOption(
      new Option("--last <time>", "with --from: how far to look back, 1h to 90d").argParser(
        durationOption("s"),
      )
        .default(7 * 86_400, "7d"),
    )
    .addOption(new Option("--select <matchers>", `with --from: only these series, e.g. '{namespace="shop"}'`))
    .addOption(
      new Option("--metrics <families>", "with --from: as analyze --from takes them").default("auto"),
    )
    .addOption(
      new Option("--metric <name[:unit]>", "with --from: analyze this gauge too (repeatable)")
        .argParser(repeatable(String)),
    )
    .addOption(new Option("--version-label <label>", "with --from: label with the version"))
    .addOption(new Option("--from-token-file <file>", "bearer token for that server"))
    .addOption(
      new Option("--from-header-file <file>", "further headers for that server, one 'Name: value' a line"),
    )
    .addOption(new Option("--from-ca-file <file>", "the CA that signed that server's certificate (PEM)"))
    .option("--hide-arguments", "show process names only, never their arguments", false);
  return withSharedOptions(withTokenOptions(command)).action(async (options: ServeOptions) => {
    const { serve } = await import("../serve/mod.ts");
    outcome.exitCode = await serve(options);
  });
}
