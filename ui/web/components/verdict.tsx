/** A verdict as a word with a sign of its own: told apart without colour. */

import type { Finding, Verdict as Name } from "../api.ts";

const VERDICTS: Record<Name, { sign: string; meaning: string }> = {
  "leak": { sign: "▲", meaning: "it grows steadily and releases nothing" },
  "growing": { sign: "△", meaning: "it grows; not enough evidence for a leak yet" },
  "warm-up": { sign: "◠", meaning: "it grew after its start and levelled off" },
  "step": { sign: "⌐", meaning: "it rose once and stays there" },
  "sawtooth": { sign: "⩘", meaning: "it grows and is released, again and again" },
  "periodic": { sign: "∿", meaning: "it rises and falls periodically" },
  "stable": { sign: "–", meaning: "it does not change" },
  "shrinking": { sign: "▽", meaning: "it releases memory" },
  "insufficient-data": { sign: "·", meaning: "not watched long enough for a verdict" },
};

/** What a finding is about where that is not memory; plural. */
export const OTHER_THAN_MEMORY: Partial<Record<Finding["kind"], string>> = {
  "process-descriptors": "descriptors",
  "process-threads": "threads",
  "process-mappings": "mappings",
};

export const toneOf = (verdict: Name | null | undefined): "leak" | "watch" | "calm" =>
  verdict === "leak" ? "leak" : verdict === "growing" ? "watch" : "calm";

export function Verdict({ verdict }: { verdict: Name | null }) {
  if (verdict === null) return null;
  const { sign, meaning } = VERDICTS[verdict];
  return (
    <span class={`verdict tone-${toneOf(verdict)}`} title={meaning}>
      <span aria-hidden="true">{sign}</span> <span class="word">{verdict.replace("-", " ")}</span>
    </span>
  );
}
