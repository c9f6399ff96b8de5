/** Mann–Kendall's S and its variance (Mann 1945; Kendall 1975), ties left out of the variance. */
function statistic(values: readonly number[]): { s: number; variance: number } {
  const n = values.length;
  let s = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign(values[j]! - values[i]!);
  return { s, variance: (n * (n - 1) * (2 * n + 5)) / 18 };
}

const Z95 = 1.96;

function score(s: number, variance: number): number {
  return s > 0 ? (s - 1) / Math.sqrt(variance) : 0;
}

/** A rising trend at p < .05. */
export function mannKendall(_times: readonly number[], values: readonly number[]): boolean {
  const { s, variance } = statistic(values);
  return score(s, variance) > Z95;
}

/** The same with the variance corrected for autocorrelation of ranks (Hamed & Rao 1998, doi:10.1016/S0022-1694(97)00125-X). */
export function hamedRao(_times: readonly number[], values: readonly number[]): boolean {
  const { s, variance } = statistic(values), n = values.length;
  const ranks = ranksOf(values), mean = (n + 1) / 2;
  let squares = 0;
  for (const rank of ranks) squares += (rank - mean) ** 2;
  let correction = 0;
  for (let lag = 1; lag < n - 2; lag++) {
    let sum = 0;
    for (let i = 0; i + lag < n; i++) sum += (ranks[i]! - mean) * (ranks[i + lag]! - mean);
    const correlation = sum / squares;
    if (Math.abs(correlation) > Z95 / Math.sqrt(n)) {
      correction += (n - lag) * (n - lag - 1) * (n - lag - 2) * correlation;
    }
  }
  const inflated = variance * Math.max(1, 1 + (2 / (n * (n - 1) * (n - 2))) * correction);
  return score(s, inflated) > Z95;
}

function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && values[order[j]!] === values[order[i]!]) j++;
    for (let k = i; k < j; k++) ranks[order[k]!] = (i + j + 1) / 2;
    i = j;
  }
  return ranks;
}
