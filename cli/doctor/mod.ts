import { UserError } from "../errors.ts";
import type { SharedOptions } from "../arguments/shared.ts";

export function doctor(_options: SharedOptions): Promise<number> {
  throw new UserError("doctor is not built yet");
}
