import type { Unit } from "../../../model/finding.ts";
import { HEALTHY } from "./healthy.ts";
import { LEAKING } from "./leaking.ts";
import { Random } from "./random.ts";
import { type Length, LENGTHS, samplingTimes, type Setting, type Shape } from "./setting.ts";

export { HEALTHY, LEAKING, type Length, LENGTHS, Random };

/** A generated series with its truth. */
export interface LabelledSeries {
  family: string;
  length: Length;
  leaks: boolean;
  unit: Unit;
  times: number[];
  values: number[];
  /** True growth over the window in the unit of the series; null where it has no one number. */
  rise: number | null;
}

const PAGE = 4096;
export const FAMILIES: readonly string[] = [...Object.keys(LEAKING), ...Object.keys(HEALTHY)];

/**
 * Makes series number `index` of a family: level 8 MB to 16 GB, noise 0.1 to 6 % of it, jitter, lost samples, gaps,
 * outliers on a fifth of them. The same arguments give the same series.
 */
export function makeSeries(family: string, length: Length, seed: number, index: number): LabelledSeries {
  const random = randomFor(family, length, seed, index);
  const setting = makeSetting(random, length);
  const make = LEAKING[family] ?? HEALTHY[family];
  if (!make) {
    throw new RangeError(`Cannot make a series of family "${family}": it is none of ${FAMILIES.join(", ")}`);
  }
  return finish(setting, make(setting.setting), family, length, family in LEAKING);
}

/** A straight leak whose growth over the window is `overNoise` times the deviation of the noise. */
export function makeFaintLeak(
  overNoise: number,
  length: Length,
  seed: number,
  index: number,
): LabelledSeries {
  const made = makeSetting(randomFor("small", length, seed, index), length);
  const { u, noise, deviation } = made.setting, growth = overNoise * deviation;
  return finish(made, { y: u.map((at, i) => 1 + growth * at + noise[i]!), growth }, "small", length, true);
}

/** Every family at every length, `each` times. */
export function* suite(
  seed: number,
  each: number,
  lengths = Object.keys(LENGTHS) as Length[],
): Generator<LabelledSeries> {
  for (const family of FAMILIES) {
    for (const length of lengths) {
      for (let index = 0; index < each; index++) yield makeSeries(family, length, seed, index);
    }
  }
}

function randomFor(family: string, length: Length, seed: number, index: number): Random {
  const name = [...family].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2147483647, 0);
  return new Random(seed, name, LENGTHS[length].span, index);
}

function makeSetting(random: Random, length: Length): { times: number[]; setting: Setting } {
  const times = samplingTimes(random, length), n = times.length;
  const u = times.map((t) => Math.max(0, Math.min(1, t / LENGTHS[length].span)));
  const level = random.logUniform(8e6, 1.6e10), deviation = random.logUniform(0.001, 0.06);
  const noise = random.chance(0.6)
    ? random.times(n, () => random.normal(0, deviation))
    : random.autoregressive(n, random.uniform(0.3, 0.9), deviation);
  if (random.chance(0.2)) {
    const side = random.chance(0.7) ? 1 : -1;
    for (let i = 0; i < n; i++) {
      if (random.chance(0.02)) noise[i]! += side * random.exponential(4 * deviation);
    }
  }
  const growth = Math.max(random.logUniform(0.05, 3), 3 * deviation);
  return { times, setting: { random, u, noise, deviation, growth, level } };
}

function finish(
  { times, setting }: { times: number[]; setting: Setting },
  shape: Shape,
  family: string,
  length: Length,
  leaks: boolean,
): LabelledSeries {
  const unit = shape.unit ?? "bytes", level = shape.level ?? setting.level;
  const values = shape.y.map((y) =>
    unit === "bytes" ? Math.max(PAGE, Math.round((y * level) / PAGE) * PAGE) : Math.max(0, y * level)
  );
  const rise = shape.growth === undefined ? null : shape.growth * level;
  return { family, length, leaks, unit, times, values, rise };
}
