/** What was found inside processes: the line or class that grows. */

import type { ProcessProfile } from "../../analyze/inner_profiles.ts";
import { profileSections } from "../../profile/document.ts";
import { type Section, shortSection } from "../document.ts";

/** The profiles that were asked for with --profile. */
export function profiledSections(profiles: readonly ProcessProfile[], top: number): Section[] {
  return profiles.flatMap(({ pid, name, profile, error }) =>
    profile === null
      ? [shortSection(`INSIDE ${name} (${pid})`, "leakwatch profile", error ?? "nothing was found")]
      : profileSections(profile, top, `INSIDE ${name} (${pid})`)
  );
}
