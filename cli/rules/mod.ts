import { UserError } from "../errors.ts";
import type { RulesOptions } from "../commands/rules.ts";

export function rules(_options: RulesOptions): Promise<number> {
  throw new UserError("rules is not built yet");
}
