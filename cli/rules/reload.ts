/** SIGHUP: reads the rules file again. A file with diagnostics changes nothing. */

import type { AlertSender } from "../alert_sender.ts";
import { UserError } from "../errors.ts";
import { say } from "../output.ts";
import { loadRules } from "./load.ts";

export async function reloadRules(
  options: { rules?: string; quiet: boolean },
  sender: AlertSender,
): Promise<void> {
  try {
    const rules = await loadRules(options.rules);
    sender.reload(rules);
    say(`${rules.rules.length} rules read from ${options.rules ?? "the built-in set"}`, options.quiet);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(`${error.message}; keeping the previous rules`, false);
  }
}
