/** What this machine starts its services with. */

export type InitSystem = "systemd" | "openrc";

/** sd_booted(3) looks for the same directory; null: neither runs here. */
export function initSystem(): InitSystem | null {
  if (isDirectory("/run/systemd/system")) return "systemd";
  if (isDirectory("/run/openrc")) return "openrc";
  return null;
}

export const missingInit = (): string =>
  "neither systemd nor OpenRC runs here, so there is nothing to install into; " +
  "start `leakwatch boot` from your own boot script instead";

export const isRoot = (): boolean => Deno.uid() === 0;

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
