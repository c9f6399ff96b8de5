/**
 * How a series has grown lately, as far as its shape tells a leak from a cache that fills: measured on real servers in their first
 * quarter of an hour (bench/servers), where neither shape nor ratio alone decides. Pure.
 */

import type { BucketColumns } from "../detector/mod.ts";

export interface GrowthProfile {
  /** Seconds that the profile covers. */
  seconds: number;
  /** Growth per hour over them, in the unit of the series. */
  rate_per_hour: number;
  /** Share of the rise that lies in the second half: .5 for a straight line, less where it slows. */
  second_half: number;
  /** Value now. */
  value: number;
  /** The same against CPU time; null where it is not known, or too little to compare. */
  work: WorkProfile | null;
}

/** Growth for work done: a server that leaks with each request slows down with its load, and yet does not level off. */
export interface WorkProfile {
  /** Rise per second of CPU time. */
  rate_per_cpu_second: number;
  /** Share of the rise that came with the second half of the work. */
  second_half: number;
}

/** CPU time since a process began, at one time. */
export interface WorkMark {
  at: number;
  cpu_seconds: number;
}

/** The last ten minutes, or what there is of them. */
const LOOK_BACK_SECONDS = 600;
/** Ends are means over this share of the look-back, so that one outlier does not decide. */
const END_SHARE = 1 / 12;
/** Less CPU time than this is timers and housekeeping, counted in ticks of 10 ms. */
const MIN_CPU_SECONDS = 0.5;

/**
 * null where there is too little to compare.
 * @param columns as Buckets keep them: times ascending, means per bucket
 * @param origin what to add to their times for those of `marks`
 * @param lookBackSeconds longer where ten minutes hold no point: in a history of averages over many
 */
export function growthProfile(
  { times, means }: BucketColumns,
  marks: readonly WorkMark[] = [],
  origin = 0,
  lookBackSeconds = LOOK_BACK_SECONDS,
): GrowthProfile | null {
  const n = times.length;
  if (n < 6) return null;
  const end = times[n - 1]!, seconds = Math.min(lookBackSeconds, end - times[0]!);
  if (seconds <= 0) return null;
  const width = seconds * END_SHARE, begin = end - seconds;
  const around = (t: number) => meanAround(times, means, t, width);
  const first = around(begin + width), middle = around(begin + seconds / 2), last = around(end - width);
  const rise = last - first, reach = seconds - 2 * width;
  return {
    seconds,
    rate_per_hour: (rise / reach) * 3600,
    second_half: rise === 0 ? 0 : (last - middle) / rise,
    value: means[n - 1]!,
    work: workProfile(marks, origin + begin + width, origin + end - width, (t) => around(t - origin)),
  };
}

/** Mean of the buckets within `width` of a time; the nearest one where there are none. */
function meanAround(times: Float64Array, means: Float64Array, t: number, width: number): number {
  let sum = 0, count = 0, nearest = 0;
  for (let i = 0; i < times.length; i++) {
    const distance = Math.abs(times[i]! - t);
    if (distance < Math.abs(times[nearest]! - t)) nearest = i;
    if (distance <= width) sum += means[i]!, count++;
  }
  return count ? sum / count : means[nearest]!;
}

/** Halves of the CPU time between two times, instead of halves of the clock's. */
function workProfile(
  marks: readonly WorkMark[],
  from: number,
  to: number,
  valueAt: (t: number) => number,
): WorkProfile | null {
  const begin = cpuAt(marks, from), end = cpuAt(marks, to);
  if (begin === null || end === null || end - begin < MIN_CPU_SECONDS) return null;
  const first = valueAt(from), last = valueAt(to), rise = last - first;
  if (rise <= 0) return null;
  const middle = valueAt(timeOf(marks, (begin + end) / 2));
  return { rate_per_cpu_second: rise / (end - begin), second_half: (last - middle) / rise };
}

/** null before the first mark; the last mark's after it. */
function cpuAt(marks: readonly WorkMark[], t: number): number | null {
  const next = marks.findIndex(({ at }) => at >= t);
  if (next === 0 || marks.length === 0) return marks[0]?.at === t ? marks[0].cpu_seconds : null;
  if (next < 0) return marks.at(-1)!.cpu_seconds;
  const a = marks[next - 1]!, b = marks[next]!;
  return a.cpu_seconds + (b.cpu_seconds - a.cpu_seconds) * (t - a.at) / (b.at - a.at);
}

/** When so much CPU time had been used; the marks reach beyond it on both sides. */
function timeOf(marks: readonly WorkMark[], cpuSeconds: number): number {
  const next = marks.findIndex(({ cpu_seconds }) => cpu_seconds >= cpuSeconds);
  const a = marks[Math.max(0, next - 1)]!, b = marks[next < 0 ? marks.length - 1 : next]!;
  const done = b.cpu_seconds - a.cpu_seconds;
  return done <= 0 ? b.at : a.at + (b.at - a.at) * (cpuSeconds - a.cpu_seconds) / done;
}
