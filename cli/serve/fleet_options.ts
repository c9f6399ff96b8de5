/** What `serve --from URL` is told about the server whose history it shows. */

import { FleetError, parseCustomMetric } from "../../fleet/mod.ts";
import { parseServerUrl } from "../../fleet/server_url.ts";
import { readCredentials } from "../../fleet/credentials.ts";
import type { FleetPort } from "../../ui/server/api.ts";
import type { ServeOptions } from "../commands/options.ts";
import { UsageError } from "../errors.ts";
import { customOf, familiesOf } from "../fleet/options.ts";
import { openFleet } from "./fleet.ts";

const MIN_WINDOW = 3600, MAX_WINDOW = 90 * 86_400;

/** Begins to read. Throws UsageError where an option cannot be meant. */
export function fleetOf(options: ServeOptions, from: string, signal: AbortSignal): FleetPort {
  if (options.last < MIN_WINDOW || options.last > MAX_WINDOW) {
    throw new UsageError("--last: the window must be 1h to 90d long");
  }
  const credentials = {
    token_file: options.fromTokenFile,
    header_file: options.fromHeaderFile,
    ca_file: options.fromCaFile,
  };
  try {
    const url = parseServerUrl(from);
    if (!/^https?:/.test(url)) throw new UsageError(`--from ${from}: write http://SERVER:9090`);
    // Said now, in one line, and not on the page later.
    readCredentials(credentials).client?.close();
    return openFleet({
      url,
      last_seconds: options.last,
      select: options.select ?? null,
      families: familiesOf(options),
      custom: customOf(options, parseCustomMetric),
      version_label: options.versionLabel ?? null,
      credentials,
      signal,
    });
  } catch (error) {
    if (error instanceof FleetError) throw new UsageError(error.message);
    throw error;
  }
}
