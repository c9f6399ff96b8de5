/** Which process is to be profiled now: once per process and day when a leak is confirmed, and once shortly before its limit. Pure. */

import type { EvidenceOccasion } from "../../model/profile_evidence.ts";
import type { Finding, FindingKind } from "../../model/finding.ts";

export interface DueProfile {
  pid: number;
  start_ticks: number;
  name: string;
  finding_kind: FindingKind;
  occasion: EvidenceOccasion;
}

/** "Shortly before": time for a profile, and before the machine is too short of memory for one. */
const NEAR_LIMIT_SECONDS = 1800;
/** Occasions of a day: a machine on which everything leaks is not profiled all day. */
const MAX_PER_DAY = 48;
const DAY_SECONDS = 86_400;

export class ProfileSchedule {
  /** `pid:start_ticks:occasion` → when, on the axis of the samples. */
  readonly #taken = new Map<string, number>();

  /** Takes note of what it returns: each is due once a day. Worst findings first, as they come. */
  due(findings: readonly Finding[], time_seconds: number): DueProfile[] {
    for (const [key, at] of this.#taken) if (time_seconds - at >= DAY_SECONDS) this.#taken.delete(key);
    const due: DueProfile[] = [];
    for (const finding of findings) {
      const occasion = occasionOf(finding);
      const { pid, start_ticks, name } = finding.subject;
      if (occasion === null || pid === null || start_ticks === null) continue;
      const keyOf = (which: EvidenceOccasion) => `${pid}:${start_ticks}:${which}`;
      if (this.#taken.has(keyOf(occasion)) || this.#taken.size >= MAX_PER_DAY) continue;
      this.#taken.set(keyOf(occasion), time_seconds);
      // Confirmed when its limit is already near: one profile says all.
      const confirmed = keyOf("confirmed");
      if (!this.#taken.has(confirmed)) this.#taken.set(confirmed, time_seconds);
      due.push({ pid, start_ticks, name, finding_kind: finding.kind, occasion });
    }
    return due;
  }
}

/**
 * The verdict "leak" has been confirmed where we go on watching (CONFIRMATIONS_WATCHING), which takes a program some twenty minutes.
 * What merely grows is left alone, unless it meets its limit before anybody can know better.
 */
function occasionOf({ kind, verdict, time_to_limit_seconds }: Finding): EvidenceOccasion | null {
  if (!kind.startsWith("process-") || (verdict !== "leak" && verdict !== "growing")) return null;
  if ((time_to_limit_seconds?.low ?? Infinity) < NEAR_LIMIT_SECONDS) return "near-limit";
  return verdict === "leak" ? "confirmed" : null;
}
