/** Series cut into lifetimes: a lifetime begins with a process and ends with it, and is judged alone. */

/** Half-open ranges of a series' points. */
export type Range = [from: number, to: number];

/** A gap longer than this is an end: this many steps, and this share of the window. */
const GAP_STEPS = 5, GAP_SHARE = 0.1;
/** A value that falls below this share of the one before within a step may be a restart … */
const FALL = 0.5;
/** … if it stays below this share of it for so many points … */
const STAYS = 0.6, STAYS_POINTS = 12;
/** … and does so seldom: whoever falls more often is a sawtooth, which the detector knows. */
const MAX_FALLS = 3;

export interface CutOptions {
  step_seconds: number;
  window_seconds: number;
  /** Unix seconds at which the process is known to have begun anew. */
  restarts_seconds: readonly number[];
  /** A heap falls whenever it is collected. */
  is_sawtooth: boolean;
}

/** The lifetimes of one series of `count` points, in order of time. */
export function cutLifetimes(
  times: Float64Array,
  values: Float64Array,
  count: number,
  { step_seconds, window_seconds, restarts_seconds, is_sawtooth }: CutOptions,
): Range[] {
  if (count === 0) return [];
  const gap = Math.max(GAP_STEPS * step_seconds, GAP_SHARE * window_seconds);
  const falls = is_sawtooth || restarts_seconds.length > 0 ? [] : lastingFalls(values, count);
  const lifetimes: Range[] = [];
  let from = 0, nextRestart = 0;
  // An average over a step that holds a restart is of both lifetimes: it belongs to the earlier one.
  while (nextRestart < restarts_seconds.length && restarts_seconds[nextRestart]! <= times[0]!) nextRestart++;
  for (let i = 1; i < count; i++) {
    let restarted = falls.includes(i);
    while (nextRestart < restarts_seconds.length && restarts_seconds[nextRestart]! <= times[i - 1]!) {
      restarted = true;
      nextRestart++;
    }
    if (!restarted && times[i]! - times[i - 1]! <= gap) continue;
    lifetimes.push([from, i]);
    from = i;
  }
  lifetimes.push([from, count]);
  return lifetimes;
}

/** Positions at which a series falls by half and stays there; none where there are many. */
function lastingFalls(values: Float64Array, count: number): number[] {
  const falls: number[] = [];
  for (let i = 1; i < count; i++) {
    const before = values[i - 1]!;
    if (!(values[i]! < FALL * before) || i + STAYS_POINTS > count) continue;
    let stays = true;
    for (let k = i; stays && k < i + STAYS_POINTS; k++) stays = values[k]! < STAYS * before;
    if (stays) falls.push(i);
  }
  return falls.length > MAX_FALLS ? [] : falls;
}
