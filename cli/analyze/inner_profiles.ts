/** `analyze --pid N --profile`: agreed to before the window, taken after it, so that growth is judged undisturbed. */

import { safeText } from "../../model/safe_text.ts";
import { ProfileError } from "../../profile/errors.ts";
import { offerMethods, type Plan } from "../../profile/plan.ts";
import type { Profile } from "../../profile/profile.ts";
import { METHODS } from "../../profile/registry.ts";
import { readTarget, type Target } from "../../profile/target.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { UsageError, UserError } from "../errors.ts";
import { agree } from "../profile/consent.ts";
import { takeAgreed } from "../profile/take.ts";

/** What was learnt inside one process that was asked for; `profile` is null where `error` says why there is none. */
export interface ProcessProfile {
  pid: number;
  name: string;
  profile: Profile | null;
  error: string | null;
}

export interface AgreedProfile {
  target: Target;
  plan: Plan;
}

/** Asks for consent, or takes --yes for it. Throws UserError: before anybody has waited five minutes for it. */
export async function agreeToProfiles(options: AnalyzeOptions): Promise<AgreedProfile[]> {
  if (!options.profile) return [];
  const pids = [...new Set(options.pid ?? [])];
  if (pids.length === 0) throw new UsageError("--profile needs --pid PID: which process to profile");
  const agreed: AgreedProfile[] = [];
  for (const pid of pids) {
    try {
      const target = readTarget(pid, options.procRoot);
      const offered = await offerMethods(METHODS, target, options.profileFor);
      agreed.push({ target, plan: agree(target, offered, { yes: options.yes, method: "auto" }) });
    } catch (error) {
      if (error instanceof ProfileError) throw new UserError(safeText(error.message));
      throw error;
    }
  }
  return agreed;
}

/** Takes them one after another; what fails is a line of the report. */
export async function takeProfiles(
  agreed: readonly AgreedProfile[],
  options: AnalyzeOptions,
  signal: AbortSignal,
): Promise<ProcessProfile[]> {
  const taken: ProcessProfile[] = [];
  for (const { target, plan } of agreed) {
    const who = { pid: target.pid, name: target.name };
    if (signal.aborted) {
      taken.push({ ...who, profile: null, error: "not profiled: the window was ended early" });
      continue;
    }
    try {
      const profile = await takeAgreed(target, plan, { ...options, seconds: options.profileFor, signal });
      taken.push({ ...who, profile, error: null });
    } catch (error) {
      if (!(error instanceof ProfileError)) throw error;
      taken.push({ ...who, profile: null, error: safeText(error.message) });
    }
  }
  return taken;
}
