import { UserError } from "../errors.ts";
import type { ServeOptions } from "../commands/serve.ts";

export function serve(_options: ServeOptions): Promise<number> {
  throw new UserError("serve is not built yet");
}
