/** The address of a server as a user gives it. Pure. */

import { FleetError } from "./errors.ts";

/**
 * The server's address without a slash at its end. Throws FleetError where it is no address, or holds a password.
 */
export function parseServerUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new FleetError("no_api", `--from ${text}: not a URL; write http://prometheus:9090`);
  }
  if (url.username || url.password) {
    throw new FleetError(
      "denied",
      `--from ${url.protocol}//…@${url.host}: no password in a URL, everybody can read it; give --user and --password-file`,
    );
  }
  if (url.search || url.hash) {
    throw new FleetError("no_api", `--from ${url.origin}${url.pathname}: leave out what follows ? or #`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}
