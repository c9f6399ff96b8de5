/** `leakwatch boot`: watch from the start of every boot, and the service that does so. */

import type { BootOptions } from "../commands/options.ts";
import { watchBoot } from "./run.ts";

/** Runs the command; resolves to the exit code. Throws UserError. */
export async function boot(options: BootOptions): Promise<number> {
  if (options.installService || options.uninstallService || options.status) {
    const service = await import("../service/mod.ts");
    if (options.installService) return await service.installService(options);
    if (options.uninstallService) return await service.uninstallService(options);
    return await service.serviceStatus(options);
  }
  return await watchBoot(options);
}
