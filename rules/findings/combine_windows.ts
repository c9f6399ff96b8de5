import { formatSpan } from "../../model/format.ts";
import type { Verdict } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";

/** What a longer window may say that takes the accusation from a shorter one. */
const VETOES: ReadonlySet<Verdict> = new Set([
  "stable",
  "sawtooth",
  "periodic",
  "step",
  "shrinking",
  "warm-up",
]);

/**
 * One verdict from several windows, shortest first. The longest speaks, unless a shorter one sees growth that the
 * window next to it does not contradict: so a leak that began late is seen, and the rising half of a cycle is not.
 * @returns the deciding assessment, and the index of its window
 */
export function combineWindows(
  assessments: readonly Assessment[],
): { assessment: Assessment; index: number } {
  let index = assessments.length - 1, assessment = assessments[index]!;
  for (let k = index - 1; k >= 0; k--) {
    const here = assessments[k]!, longer = assessments[k + 1]!;
    const vetoed = VETOES.has(longer.verdict);
    const seen = here.verdict === "leak" && vetoed ? contradicted(here, longer) : here;
    const counts = seen.verdict === "leak" ||
      (seen.verdict === "growing" && (!vetoed || here.verdict === "leak"));
    if (counts && weight(seen.verdict) > weight(assessment.verdict)) {
      index = k;
      assessment = seen;
    }
  }
  return { assessment, index };
}

function contradicted(here: Assessment, longer: Assessment): Assessment {
  return {
    ...here,
    verdict: "growing",
    confidence: Math.min(here.confidence, 0.5),
    evidence: `${here.evidence}; over ${formatSpan(longer.window_seconds)} it is ${longer.verdict}`,
  };
}

function weight(verdict: Verdict): number {
  return verdict === "leak" ? 2 : verdict === "growing" ? 1 : 0;
}
