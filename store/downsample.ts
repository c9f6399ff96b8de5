/**
 * Min–max down-sampling: of the points that fall on one pixel the lowest and the highest are kept, in their order, so that
 * no spike is lost. The first and last point of the series always stay.
 */

export interface Points {
  /** Seconds, ascending. */
  times: number[];
  /** null: not measured. */
  values: (number | null)[];
}

/** At most about 2·pixels points. Series that fit are returned as they are. */
export function downsample({ times, values }: Points, pixels: number): Points {
  const count = times.length;
  if (count <= 2 * pixels || pixels < 1) return { times, values };
  const first = times[0]!;
  const width = (times[count - 1]! - first) / pixels || 1;
  const kept: Points = { times: [], values: [] };
  const keep = (index: number) => {
    kept.times.push(times[index]!);
    kept.values.push(values[index]!);
  };
  for (let start = 0; start < count;) {
    const pixel = Math.floor((times[start]! - first) / width);
    let low = -1;
    let high = -1;
    let end = start;
    for (; end < count && Math.floor((times[end]! - first) / width) === pixel; end++) {
      const value = values[end];
      if (value == null) continue;
      if (low < 0 || value < values[low]!) low = end;
      if (high < 0 || value > values[high]!) high = end;
    }
    const chosen = new Set([low, high].filter((index) => index >= 0));
    if (chosen.size === 0) chosen.add(start);
    if (start === 0) chosen.add(0);
    if (end === count) chosen.add(count - 1);
    [...chosen].sort((a, b) => a - b).forEach(keep);
    start = end;
  }
  return kept;
}
