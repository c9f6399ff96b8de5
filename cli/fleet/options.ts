/** The options of `analyze` that concern a server's history. */

import { type Command, InvalidArgumentError, Option } from "commander";
import type { CredentialOptions, FleetMetric } from "../../fleet/mod.ts";
import { FAMILIES } from "../../fleet/families.ts";
import { durationOption, repeatable, wholeNumber } from "../arguments/quantity.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { UsageError } from "../errors.ts";

const HOUR = 3600, DAY = 86_400;
const DEFAULT_LAST = 7 * DAY, MIN_WINDOW = HOUR, MAX_WINDOW = 90 * DAY;

/** Adds what `--from URL` takes. */
export function withFleetOptions(command: Command): Command {
  const server = (flags: string, description: string) => new Option(flags, `with a server: ${description}`);
  return command
    .addOption(
      server("--last <time>", "how far to look back, 1h to 90d (default: 7d)").argParser(durationOption("s")),
    )
    .addOption(
      server("--start <time>", "where the window starts, instead of --last: RFC 3339 or Unix seconds")
        .argParser(moment),
    )
    .addOption(server("--end <time>", "where the window ends (default: now)").argParser(moment))
    .addOption(server("--select <matchers>", `only these series, e.g. '{namespace="shop"}'`))
    .addOption(server("--metrics <families>", `auto, or some of ${FAMILIES.join(",")}`).default("auto"))
    .addOption(
      server("--metric <name[:unit]>", "analyze this gauge too; unit bytes, count or percent (repeatable)")
        .argParser(repeatable(String)),
    )
    .addOption(
      server("--by <labels>", "labels that identify a workload (default: namespace,workload,container)"),
    )
    .addOption(server("--version-label <label>", "label with the version (default: the tag of image)"))
    .addOption(server("--jobs <count>", "queries at once").argParser(wholeNumber(1, 8)).default(2))
    .addOption(
      server("--budget <time>", "stop reading after this long and report what was read").argParser(
        durationOption("s", 1),
      )
        .default(600, "10m"),
    )
    .addOption(
      server("--compress", "request compressed responses: for slow links; costs CPU").default(false),
    )
    .addOption(server("--strict", "exit with 3 if a part could not be read").default(false))
    .addOption(server("--token-file <file>", "bearer token"))
    .addOption(server("--user <name>", "basic authentication, with --password-file"))
    .addOption(server("--password-file <file>", "its password"))
    .addOption(
      server("--header-file <file>", "further headers, one 'Name: value' a line (X-Scope-OrgID: TENANT)"),
    )
    .addOption(server("--ca-file <file>", "the CA that signed the server's certificate (PEM)"))
    .addOption(server("--cert-file <file>", "a client certificate (PEM), with --key-file"))
    .addOption(server("--key-file <file>", "its key (PEM)"));
}

/** RFC 3339 or Unix seconds. Throws InvalidArgumentError. */
function moment(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!Number.isFinite(seconds)) {
    throw new InvalidArgumentError("write 2026-11-21T12:00:00Z, or Unix seconds");
  }
  return seconds;
}

/** The window asked for. Throws UsageError where it is no window. */
export function windowOf(
  { last, start, end }: AnalyzeOptions,
): { start_seconds: number; end_seconds: number } {
  if (last !== undefined && start !== undefined) {
    throw new UsageError("--last and --start both say where the window begins; give one");
  }
  const end_seconds = end ?? Math.floor(Date.now() / 1000);
  const start_seconds = start ?? end_seconds - (last ?? DEFAULT_LAST);
  const span = end_seconds - start_seconds;
  if (span < MIN_WINDOW || span > MAX_WINDOW) {
    throw new UsageError("the window must be 1h to 90d long; look at --last, --start and --end");
  }
  return { start_seconds, end_seconds };
}

/** Null: all that the server has. Throws UsageError. */
export function familiesOf({ metrics }: Pick<AnalyzeOptions, "metrics">): string[] | null {
  if (metrics === "auto") return null;
  const names = metrics.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(FAMILIES as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`--metrics ${unknown.join(",")}: no such family; auto, ${FAMILIES.join(", ")}`);
  }
  return names;
}

/** Throws UsageError where one is no gauge's name. */
export function customOf(
  { metric }: Pick<AnalyzeOptions, "metric">,
  parse: (text: string) => FleetMetric | null,
): FleetMetric[] {
  return (metric ?? []).map((text) => {
    const custom = parse(text);
    if (custom === null) {
      throw new UsageError(
        `--metric ${text}: not a gauge; write NAME or NAME:bytes|count|percent (a counter, _total, only counts up)`,
      );
    }
    return custom;
  });
}

export const credentialsOf = (options: AnalyzeOptions): CredentialOptions => ({
  token_file: options.tokenFile,
  user: options.user,
  password_file: options.passwordFile,
  header_file: options.headerFile,
  ca_file: options.caFile,
  cert_file: options.certFile,
  key_file: options.keyFile,
});

/** What only makes sense where this machine is watched. Throws UsageError. */
export function refuseMachineOptions({ pid, interval, given }: AnalyzeOptions): void {
  const refused = [
    given?.includes("duration") ? "--duration (write --last)" : null,
    interval === undefined ? null : "--interval",
    pid?.length ? "--pid" : null,
  ].filter(Boolean);
  if (refused.length > 0) {
    throw new UsageError(`${refused.join(", ")} cannot be used with a server's history`);
  }
}

/** The same the other way round. Throws UsageError. */
export function refuseServerOptions(options: AnalyzeOptions): void {
  const names = options.given?.filter((name) => SERVER_OPTIONS.has(name)) ?? [];
  if (names.length === 0) return;
  const flags = names.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new UsageError(`${flags.join(", ")}: only with --from http://SERVER`);
}

const SERVER_OPTIONS = new Set([
  ...[
    "last",
    "start",
    "end",
    "select",
    "metrics",
    "metric",
    "by",
    "versionLabel",
    "jobs",
    "budget",
    "compress",
    "strict",
  ],
  ...["tokenFile", "user", "passwordFile", "headerFile", "caFile", "certFile", "keyFile"],
]);
