/** Leak score to probability of a leak, calibrated on labelled series: knots of a broken line. */
const KNOTS: readonly (readonly [score: number, probability: number])[] = [
  [0.3, 0.05],
  [0.5, 0.2],
  [0.7, 0.35],
  [0.9, 0.6],
  [1, 0.85],
  [1.2, 0.95],
  [1.5, 0.99],
];

/** How sure a leak with this score is, before the window's own bound. */
export function leakConfidence(score: number): number {
  let [fromScore, from] = KNOTS[0]!;
  if (score <= fromScore) return from;
  for (const [toScore, to] of KNOTS) {
    if (score <= toScore) return from + ((to - from) * (score - fromScore)) / (toScore - fromScore);
    [fromScore, from] = [toScore, to];
  }
  return from;
}

/** The most a verdict of growth may claim from a window this long: minutes show little of a program's life. */
export function mostConfidence(spanSeconds: number): number {
  if (spanSeconds < 600) return 0.6;
  if (spanSeconds < 3600) return 0.8;
  return spanSeconds < 6 * 3600 ? 0.9 : 0.97;
}

/** Two-sided 90 % points of Student's t by degrees of freedom. */
const T90: readonly number[] = [NaN, 6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.9, 1.86, 1.83, 1.81];

export function t90(degreesOfFreedom: number): number {
  return T90[degreesOfFreedom] ?? 1.8;
}
