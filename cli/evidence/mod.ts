/** `--profile-suspects` of the commands that watch. Loaded only where it is asked for. */

import { PROFILE_LOG } from "../../store/profile_log.ts";
import { evidenceLine } from "../../store/profile_log.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import type { SessionLogger } from "../monitor/session_logger.ts";
import { say } from "../output.ts";
import { SuspectProfiler } from "./suspect_profiler.ts";

/** Long enough for a leak of some MiB an hour to show beside garbage, and over before anybody misses it. */
const WINDOW_SECONDS = 20;

export interface ProfileSuspectsOptions {
  procRoot: string;
  sysRoot: string;
  quiet: boolean;
}

/** The observer; it must be closed before the logger. */
export function profileSuspects(
  options: ProfileSuspectsOptions,
  rules: RuleSet,
  logger: SessionLogger,
): SuspectProfiler {
  return new SuspectProfiler({
    seconds: WINDOW_SECONDS,
    allowed: rules.profile,
    procRoot: options.procRoot,
    sysRoot: options.sysRoot,
    write: (evidence) => logger.session?.writeLine(PROFILE_LOG, evidenceLine(evidence)),
    say: (message) => say(message, options.quiet),
  });
}
