import { UserError } from "../errors.ts";
import type { BootOptions } from "../commands/boot.ts";

export function boot(_options: BootOptions): Promise<number> {
  throw new UserError("boot is not built yet");
}
