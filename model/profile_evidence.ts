/** A profile that was taken while nobody looked, kept with the session for whoever comes in the morning. */

import type { FindingKind } from "./finding.ts";
import type { ProfileResult } from "./profile_result.ts";

/** Why it was taken: a leak was confirmed, or its limit was near. */
export type EvidenceOccasion = "confirmed" | "near-limit";

/** The best result as a person reads it; made when it was taken. Names come from the process: hostile. */
export interface EvidenceAnswer {
  method: string;
  /** Whether the sites stand for at least half of the growth and say who keeps it. */
  is_answer: boolean;
  headline: string;
  coverage: string;
  sites: EvidenceSite[];
}

export interface EvidenceSite {
  /** Type, or the first frame that is the program's own. */
  name: string;
  /** Its callers within the program, or where the type is allocated. */
  callers: string[];
  share: number | null;
  live_bytes: number | null;
  count: number | null;
  held_by: string | null;
}

export interface ProfileEvidence {
  schema: "leakwatch.evidence/1";
  occasion: EvidenceOccasion;
  /** RFC 3339. */
  started_at: string;
  ended_at: string;
  pid: number;
  start_ticks: number;
  name: string;
  runtime: string | null;
  /** What the finding was about. */
  finding_kind: FindingKind;
  /** null where no method told anything. */
  answer: EvidenceAnswer | null;
  /** Best first, cut to what MAX_EVIDENCE_BYTES holds. */
  results: ProfileResult[];
  /** What failed or was not done, one line each. */
  errors: { method: string; message: string }[];
}

/** Most that one of them takes in a session's log. */
export const MAX_EVIDENCE_BYTES = 64 * 1024;
