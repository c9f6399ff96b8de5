/** What was found inside processes: the line or class that grows. */

import type { ProcessProfile } from "../../analyze/inner_profiles.ts";
import { formatBytes, formatCount, formatRatio, formatTime } from "../../../model/format.ts";
import type { EvidenceSite, ProfileEvidence } from "../../../model/profile_evidence.ts";
import { profileSections } from "../../profile/document.ts";
import { type Section, shortSection } from "../document.ts";
import { left, right } from "./common.ts";

/** The profiles that were asked for with --profile. */
export function profiledSections(profiles: readonly ProcessProfile[], top: number): Section[] {
  return profiles.flatMap(({ pid, name, profile, error }) =>
    profile === null
      ? [shortSection(`INSIDE ${name} (${pid})`, "leakwatch profile", error ?? "nothing was found")]
      : profileSections(profile, top, `INSIDE ${name} (${pid})`)
  );
}

const OCCASIONS: Record<ProfileEvidence["occasion"], string> = {
  "confirmed": "when its leak was confirmed",
  "near-limit": "shortly before its limit",
};

/** Profiles that were kept with the session: "the line was found at 03:12". */
export function evidenceSections(profiles: readonly ProfileEvidence[]): Section[] {
  return profiles.map((evidence) => {
    const { name, pid, started_at, occasion, answer, errors } = evidence;
    const title = `INSIDE ${name} (${pid}) at ${formatTime(started_at)}`;
    const source = OCCASIONS[occasion];
    const failed = errors.map(({ method, message }) => `${method}: ${message}`);
    if (answer === null) {
      return shortSection(title, source, ["nothing that grows was seen", ...failed].join("; "));
    }
    return {
      title,
      source,
      short: null,
      blocks: [
        {
          kind: "lines",
          lines: [{ text: answer.headline, tone: answer.is_answer ? "strong" : "warning" }, answer.coverage],
        },
        {
          kind: "table",
          columns: [right("SHARE"), right("BYTES"), right("COUNT"), left("SITE", 90)],
          rows: answer.sites.flatMap(evidenceRows),
        },
        { kind: "lines", lines: [`by ${answer.method}`, ...failed] },
      ],
    };
  });
}

function evidenceRows({ name, callers, share, live_bytes, count, held_by }: EvidenceSite): string[][] {
  const beneath = [
    ...callers.map((caller) => `  ← ${caller}`),
    ...(held_by === null ? [] : [`  held by ${held_by}`]),
  ];
  return [
    [
      formatRatio(share),
      live_bytes === null ? "" : formatBytes(live_bytes),
      count === null ? "" : formatCount(count),
      name,
    ],
    ...beneath.map((line) => ["", "", "", line]),
  ];
}
