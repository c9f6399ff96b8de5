import type { Verdict } from "../../model/finding.ts";
import type { Assessment } from "../detector/mod.ts";

/**
 * Correction for looking at thousands of series at once.
 *
 * Among m healthy series that move, some will drift like a leak by chance. We hold the false discovery rate: of those
 * called a leak at most a share Q may be there by chance (Benjamini & Hochberg 1995,
 * doi:10.1111/j.2517-6161.1995.tb02031.x), which stays right when series depend on each other positively, as those of one
 * machine do (Benjamini & Yekutieli 2001, doi:10.1214/aos/1013699998). One leak among 1,000 restless series must drift
 * 7.5 times its error instead of 2.5, which a leak worth the name does; ten leaks carry each other. Series that stand
 * still cannot drift by chance and do not count.
 */
const FDR = 0.1;
/**
 * Segments of a random walk share noise with their neighbours: their increments correlate by a quarter, which makes the
 * drift look √1.5 times as sure as it is. And two views (level and floor) had their chance.
 */
const OVERSTATED = Math.sqrt(1.5), VIEWS = 2;

/** What may be a leak. */
const GROWTH: ReadonlySet<Verdict> = new Set(["leak", "growing"]);

/** Chance that a healthy series that walks at random drifts so surely. */
function chanceOf(drift: number): number {
  return Math.min(1, VIEWS * studentTail10(drift / OVERSTATED));
}

/** Which of these assessments may be called a leak when `moving` series were looked at: one flag each. */
export function controlFalseDiscovery(assessments: readonly Assessment[], moving: number): boolean[] {
  const chances = assessments.map(({ verdict, drift }) => GROWTH.has(verdict) ? chanceOf(drift) : 1);
  const order = chances.map((_, i) => i).sort((a, b) => chances[a]! - chances[b]!);
  let last = -1;
  order.forEach((i, rank) => {
    if (chances[i]! <= (FDR * (rank + 1)) / Math.max(1, moving)) last = rank;
  });
  const allowed = new Set(order.slice(0, last + 1));
  return assessments.map(({ verdict }, i) => GROWTH.has(verdict) && allowed.has(i));
}

/** The sentence for a leak that did not stand the correction. */
export const falseDiscoveryMessage = (moving: number): string =>
  `among ${moving} series that move, one like this is expected by chance`;

/** Upper tail of Student's t with ten degrees of freedom, those of the eleven increments between twelve segments. */
export function studentTail10(t: number): number {
  const angle = Math.atan(t / Math.sqrt(10)), c = Math.cos(angle) ** 2;
  const series = 1 + c * (1 / 2 + c * (3 / 8 + c * (5 / 16 + (c * 35) / 128)));
  return Math.max(1e-12, 0.5 - 0.5 * Math.sin(angle) * series);
}
