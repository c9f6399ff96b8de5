/** A verdict as a word with a sign of its own: told apart without colour. */

import type { Finding, Verdict as Name } from "../api.ts";

const VERDICTS: Record<Name, { sign: string; meaning: string }> = {
  "leak": { sign: "▲", meaning: "it grows all the time and gives nothing back" },
  "growing": { sign: "△", meaning: "it grows; for a leak the evidence does not suffice yet" },
  "warm-up": { sign: "◠", meaning: "it grew after its start and has come to rest" },
  "step": { sign: "⌐", meaning: "it rose once and stays there" },
  "sawtooth": { sign: "⩘", meaning: "it grows and gives back, again and again" },
  "periodic": { sign: "∿", meaning: "it comes and goes with the time of day" },
  "stable": { sign: "–", meaning: "it stays as it is" },
  "shrinking": { sign: "▽", meaning: "it gives memory back" },
  "insufficient-data": { sign: "·", meaning: "it was watched too briefly for a verdict" },
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
      <span aria-hidden="true">{sign}</span> {verdict.replace("-", " ")}
    </span>
  );
}
