import type { Verdict } from "../../model/finding.ts";
import { type Judgement, span } from "../detector/mod.ts";

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
 * @returns the deciding judgement, and the index of its window
 */
export function combineWindows(judgements: readonly Judgement[]): { judgement: Judgement; index: number } {
  let index = judgements.length - 1, judgement = judgements[index]!;
  for (let k = index - 1; k >= 0; k--) {
    const here = judgements[k]!, longer = judgements[k + 1]!;
    const vetoed = VETOES.has(longer.verdict);
    const seen = here.verdict === "leak" && vetoed ? contradicted(here, longer) : here;
    const counts = seen.verdict === "leak" ||
      (seen.verdict === "growing" && (!vetoed || here.verdict === "leak"));
    if (counts && weight(seen.verdict) > weight(judgement.verdict)) {
      index = k;
      judgement = seen;
    }
  }
  return { judgement, index };
}

function contradicted(here: Judgement, longer: Judgement): Judgement {
  return {
    ...here,
    verdict: "growing",
    confidence: Math.min(here.confidence, 0.5),
    evidence: `${here.evidence}; over ${span(longer.window_seconds)} it is ${longer.verdict}`,
  };
}

function weight(verdict: Verdict): number {
  return verdict === "leak" ? 2 : verdict === "growing" ? 1 : 0;
}
