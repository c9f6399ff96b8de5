import type { Unit } from "../../../model/finding.ts";
import type { Random } from "./random.ts";

/** Window lengths: seconds and sampling step. */
export const LENGTHS = {
  "5m": { span: 300, step: 1 },
  "1h": { span: 3600, step: 5 },
  "6h": { span: 21_600, step: 30 },
  "48h": { span: 172_800, step: 60 },
} as const;
export type Length = keyof typeof LENGTHS;

/** What every family of series is made from: the scale is relative to a level of 1. */
export interface Setting {
  random: Random;
  /** Time as a share of the window, 0 to 1. */
  u: number[];
  /** Noise around 0. */
  noise: number[];
  /** Standard deviation of the noise. */
  deviation: number;
  /** Total growth relative to the level. */
  growth: number;
  /** Level in the unit of the series. */
  level: number;
}

/** A series relative to its level, or in absolute numbers where `unit` is count. */
export interface Shape {
  y: number[];
  unit?: Unit;
  level?: number;
  /** Growth over the window relative to the level, where the truth has one number. */
  growth?: number;
}

/** Sampling times with jitter, lost samples and gaps on a third of the series. */
export function samplingTimes(random: Random, length: Length): number[] {
  const { span, step } = LENGTHS[length];
  let times = Array.from({ length: span / step }, (_, i) => i * step);
  const mode = random.integer(0, 6);
  if (mode === 0) times = times.map((t) => t + random.uniform(-0.3, 0.3) * step);
  if (mode === 1) {
    const lost = random.uniform(0.05, 0.4);
    times = times.filter(() => random.uniform() > lost);
    if (random.chance(0.5)) {
      const from = random.uniform(0.1, 0.8) * span, to = from + random.uniform(0.02, 0.12) * span;
      times = times.filter((t) => t < from || t > to);
    }
  }
  return times;
}

/** Saw of about `cycles` teeth whose lengths vary: phase in 0 to 1, and the number of the tooth. */
export function sawtooth(random: Random, u: number[], cycles: number): { phase: number[]; tooth: number[] } {
  const lengths = random.times(Math.trunc(cycles * 2 + 20), () => Math.max(0.2, 1 + 0.35 * random.normal()));
  const offset = lengths[0]! * random.uniform();
  let sum = 0;
  const ends = lengths.map((length) => ((sum += length) - offset) / cycles);
  const edges = [ends[0]! - lengths[0]! / cycles, ...ends];
  const phase: number[] = [], tooth: number[] = [];
  let i = 0;
  for (const at of u) {
    while (i < ends.length - 1 && ends[i]! <= at) i++;
    phase.push(Math.max(0, Math.min(1, (at - edges[i]!) / (edges[i + 1]! - edges[i]!))));
    tooth.push(i);
  }
  return { phase, tooth };
}

/** Sine between 0 and 1 over `cycles` cycles. */
export function wave(random: Random, u: number[], cycles: number, phase = random.uniform()): number[] {
  return u.map((at) => 0.5 + 0.5 * Math.sin(2 * Math.PI * (cycles * at + phase)));
}
