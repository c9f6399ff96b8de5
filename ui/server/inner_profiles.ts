/** Profiles that were kept with the session, as the page shows them beside the process's chart. */

import type { ProfileEvidence } from "../../model/profile_evidence.ts";
import type { InnerProfile } from "./api.ts";
import type { ProcessIdentity } from "./view.ts";

/** The newest ones of a process: two a day are taken. */
const MAX_SHOWN = 6;

/** Newest first. */
export function innerProfiles(
  evidence: readonly ProfileEvidence[],
  { pid, start_ticks }: ProcessIdentity,
): InnerProfile[] {
  return evidence.filter((one) => one.pid === pid && one.start_ticks === start_ticks)
    .slice(-MAX_SHOWN).reverse()
    .map(({ started_at, ended_at, occasion, answer, errors }) => ({
      from_seconds: Date.parse(started_at) / 1000,
      to_seconds: Date.parse(ended_at) / 1000,
      occasion,
      answer,
      errors,
    }));
}
