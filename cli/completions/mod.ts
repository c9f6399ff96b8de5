import { UserError } from "../errors.ts";
import type { Shell } from "../commands/completions.ts";

export function completions(_shell: Shell): Promise<number> {
  throw new UserError("completions is not built yet");
}
