/** A verdict as a word with a sign of its own: told apart without colour. */

import type { Verdict as Name } from "../api.ts";

const SIGNS: Record<Name, string> = {
  "leak": "▲",
  "growing": "△",
  "warm-up": "◠",
  "step": "⌐",
  "sawtooth": "⩘",
  "periodic": "∿",
  "stable": "–",
  "shrinking": "▽",
  "insufficient-data": "·",
};

export const toneOf = (verdict: Name | null | undefined): "leak" | "watch" | "calm" =>
  verdict === "leak" ? "leak" : verdict === "growing" ? "watch" : "calm";

export function Verdict({ verdict }: { verdict: Name | null }) {
  if (verdict === null) return null;
  return (
    <span class={`verdict tone-${toneOf(verdict)}`}>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {verdict.replace("-", " ")}
    </span>
  );
}
