import type { Judgement } from "../trend/mod.ts";

/**
 * Correction for looking at thousands of series at once.
 *
 * Among m healthy series that move, some will look like a leak by chance. We hold the false discovery rate: of those
 * called a leak at most a share Q may be wrong (Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x), which
 * stays right when the series depend on each other positively, as processes on one machine do (Benjamini & Yekutieli 2001).
 * The chance of a score under "no leak" is not taken from a formula but from how healthy series were measured to score
 * (an empirical null, Efron 2004): see bench/detection. Series that stand still cannot look like a leak and do not count.
 */
const Q = 0.1;
/** Of healthy series that move this share scores 1 and more; each further step of SLOPE is ten times rarer. */
const SHARE_AT_ONE = 0.012, SLOPE = 0.45;

/** Chance that a healthy series that moves scores at least this much. */
export function chanceOf(score: number): number {
  return Math.min(1, SHARE_AT_ONE * 10 ** ((1 - score) / SLOPE));
}

/** Which of these judgements may be called a leak when `moving` series were looked at: one flag each. */
export function leaksAmongMany(judgements: readonly Judgement[], moving: number): boolean[] {
  const chances = judgements.map((j) => j.verdict === "leak" ? chanceOf(Math.max(1, j.score)) : 1);
  const order = chances.map((_, i) => i).sort((a, b) => chances[a]! - chances[b]!);
  let last = -1;
  order.forEach((i, rank) => {
    if (chances[i]! <= (Q * (rank + 1)) / Math.max(1, moving)) last = rank;
  });
  const allowed = new Set(order.slice(0, last + 1));
  return judgements.map((j, i) => j.verdict === "leak" && allowed.has(i));
}
