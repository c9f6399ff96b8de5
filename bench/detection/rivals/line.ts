/** Least squares of y on x[from..]: slope, value at the end, share of variance explained. */
export function leastSquares(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from = 0,
): { slope: number; end: number; explained: number } {
  const n = y.length - from;
  let mx = 0, my = 0;
  for (let i = from; i < y.length; i++) {
    mx += x[i]! / n;
    my += y[i]! / n;
  }
  let xx = 0, xy = 0, yy = 0;
  for (let i = from; i < y.length; i++) {
    xx += (x[i]! - mx) ** 2;
    xy += (x[i]! - mx) * (y[i]! - my);
    yy += (y[i]! - my) ** 2;
  }
  const slope = xx > 0 ? xy / xx : 0;
  const explained = yy > 0 ? (xy * xy) / (xx * yy) : 0;
  return { slope, end: my + slope * (x[x.length - 1]! - mx), explained };
}
