/** Order statistics on short arrays, without allocating per call. */

type Numbers = ArrayLike<number>;
const scratch = new Float64Array(4096);

/** The q-quantile (0 to 1) of `values[from..to)`, interpolated linearly between order statistics; NaN when empty. */
export function quantile(values: Numbers, q: number, from = 0, to = values.length): number {
  const n = to - from;
  if (n <= 0) return NaN;
  const sorted = sortedCopy(values, from, to);
  const place = q * (n - 1);
  const i = Math.trunc(place);
  const low = sorted[i]!;
  return i + 1 >= n ? low : low + (place - i) * (sorted[i + 1]! - low);
}

export function median(values: Numbers, from = 0, to = values.length): number {
  return quantile(values, 0.5, from, to);
}

export function mean(values: Numbers, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / (to - from);
}

/** 1.4826 times the median absolute deviation: the standard deviation, if the bulk is normal. */
export function robustDeviation(values: Numbers, center = median(values)): number {
  const deviations = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) deviations[i] = Math.abs(values[i]! - center);
  return 1.4826 * median(deviations);
}

function sortedCopy(values: Numbers, from: number, to: number): Float64Array {
  const n = to - from;
  const room = n <= scratch.length ? scratch : new Float64Array(n);
  if (n > 48) {
    const part = room.subarray(0, n);
    for (let i = 0; i < n; i++) part[i] = values[from + i]!;
    return part.sort();
  }
  // Insertion while copying: quicker than a call into the engine's sort for the 5 to 40 values of a segment.
  for (let i = 0; i < n; i++) {
    const value = values[from + i]!;
    let j = i - 1;
    while (j >= 0 && room[j]! > value) {
      room[j + 1] = room[j]!;
      j--;
    }
    room[j + 1] = value;
  }
  return room;
}
