/** The slope of a series by least squares. */

/** Shorter series say little about an hour. */
const MIN_SECONDS = 60;

/** Bytes per hour over the second half of a series; null where that is shorter than a minute. */
export function slopePerHour(points: readonly { seconds: number; bytes: number }[]): number | null {
  const half = points.slice(Math.floor(points.length / 2));
  const first = half[0], last = half.at(-1);
  if (!first || !last || last.seconds - first.seconds < MIN_SECONDS) return null;
  const meanSeconds = mean(half.map((point) => point.seconds)),
    meanBytes = mean(half.map((point) => point.bytes));
  let covariance = 0, variance = 0;
  for (const { seconds, bytes } of half) {
    covariance += (seconds - meanSeconds) * (bytes - meanBytes);
    variance += (seconds - meanSeconds) ** 2;
  }
  return Math.round(covariance / variance * 3600);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
