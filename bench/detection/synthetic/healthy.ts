import { sawtooth, type Setting, type Shape, wave } from "./setting.ts";

const around = (setting: Setting, f: (at: number, i: number) => number): Shape => ({
  y: setting.u.map((at, i) => 1 + f(at, i) + setting.noise[i]!),
});

/** Rises by `growth` to saturation, `u` from 0. */
const saturating = (u: number, tau: number) => 1 - Math.exp(-u / tau);

const ARENA_BYTES = 64 * 2 ** 20;

/** Families of series that do not leak, whatever they look like for a while. */
export const HEALTHY: Readonly<Record<string, (setting: Setting) => Shape>> = {
  stable: (setting) => around(setting, () => 0),
  ar90: ({ random, u, deviation }) => ({
    y: random.autoregressive(u.length, 0.9, deviation).map((e) => 1 + e),
  }),
  ar99: ({ random, u, deviation }) => ({
    y: random.autoregressive(u.length, 0.99, deviation).map((e) => 1 + e),
  }),

  /** A random walk between two walls. */
  bounded_rw: ({ random, u, noise }) => {
    let sum = 0;
    const walk = u.map(() => sum += random.normal());
    const reach = random.logUniform(0.3, 4) / Math.sqrt(u.length), size = random.logUniform(0.05, 1);
    const folded = walk.map((w) => {
      const x = (((w * reach) % 2) + 2) % 2;
      return x > 1 ? 2 - x : x;
    });
    return { y: folded.map((w, i) => 1 + size * w + noise[i]! * 0.2) };
  },

  warm_exp: ({ random, u, growth, noise, deviation }) => {
    const tau = random.uniform(0.04, 0.4), quiet = Math.min(1, growth / 3 / deviation);
    return { y: u.map((at, i) => 1 + growth * saturating(at, tau) + noise[i]! * quiet) };
  },

  log_cache: (setting) => {
    const c = setting.random.logUniform(0.005, 0.2), cap = setting.random.uniform(0.35, 0.9);
    return around(
      setting,
      (at) => setting.growth * Math.log1p(Math.min(Math.max(0, at), cap) / c) / Math.log1p(cap / c),
    );
  },

  /** A straight fill, then flat. */
  fill_cap: (setting) => {
    const cap = setting.random.uniform(0.15, 0.85);
    return around(setting, (at) => setting.growth * Math.min(at / cap, 1));
  },

  one_step: (setting) => {
    const when = setting.random.uniform(0.08, 0.92);
    return around(setting, (at) => at >= when ? setting.growth : 0);
  },

  steps_updown: (setting) => {
    const { random, growth } = setting, count = random.integer(3, 9);
    const at = random.times(count, () => random.uniform()).sort((a, b) => a - b);
    const levels = [0];
    for (let i = 0; i < count; i++) {
      levels.push(levels[i]! + random.uniform(0.3, 1) * random.choice([-1, 1]) * Math.min(growth, 0.6));
    }
    const lowest = Math.min(...levels);
    return around(setting, (now) => levels[at.filter((t) => t <= now).length]! - lowest);
  },

  sawtooth: ({ random, u, noise }) => {
    const swing = random.logUniform(0.05, 1.5),
      { phase, tooth } = sawtooth(random, u, random.logUniform(6, 150));
    const heights = random.times(500, () => random.uniform(0.7, 1));
    return { y: u.map((_, i) => 1 + swing * phase[i]! * heights[tooth[i]! % 500]! + noise[i]! * 0.3) };
  },

  slow_saw: ({ random, u, noise }) => {
    const swing = random.logUniform(0.1, 1.5), { phase } = sawtooth(random, u, random.uniform(1.6, 6));
    return { y: u.map((_, i) => 1 + swing * phase[i]! + noise[i]! * 0.3) };
  },

  periodic: (setting) => {
    const { random, u } = setting, w = wave(random, u, random.uniform(2.5, 20));
    const size = random.logUniform(0.05, 1), round = random.chance(0.5);
    return around(setting, (_, i) => size * (round ? w[i]! : w[i]! ** 3));
  },

  /** 0.3 to 0.95 of one period, at any phase. */
  part_period: (setting) => {
    const { random, u } = setting,
      w = wave(random, u, random.uniform(0.3, 0.95)),
      size = random.logUniform(0.05, 1);
    return around(setting, (_, i) => size * w[i]!);
  },

  /** From a trough to just before the third peak. */
  two_period_cut: (setting) => {
    const { random, u } = setting, w = wave(random, u, random.uniform(2.2, 2.5), 0.75);
    const size = random.logUniform(0.05, 1);
    return around(setting, (_, i) => size * w[i]!);
  },

  spike: (setting) => {
    const middle = setting.random.uniform(0.05, 0.95), half = setting.random.uniform(0.005, 0.06);
    return around(setting, (at) => Math.abs(at - middle) < half ? setting.growth : 0);
  },

  shrink: ({ u, growth, noise, deviation }) => {
    const fall = Math.min(growth, 0.6), quiet = Math.min(1, fall / 3 / deviation);
    return { y: u.map((at, i) => 1 + fall * (1 - at) + noise[i]! * quiet) };
  },

  /** A few malloc arenas of 64 MiB; growth stops. */
  arena: ({ random, u, noise }) => {
    const level = random.logUniform(1e8, 8e8), last = random.uniform(0.3, 0.75);
    const at = random.times(random.integer(2, 9), () => random.uniform(0, last));
    const arenas = (now: number) => at.filter((t) => t <= now).length;
    return { y: u.map((now, i) => 1 + (ARENA_BYTES / level) * arenas(now) + noise[i]! * 0.1), level };
  },

  /** glibc's high-water mark: new maxima thin out. */
  highwater: ({ random, u, growth, noise }) => {
    const w = random.autoregressive(u.length, random.choice([0, 0.5, 0.9]), 1);
    let most = w[0]!;
    const marks = w.map((e) => most = Math.max(most, e)), range = Math.max(1e-9, most - marks[0]!);
    return { y: marks.map((mark, i) => 1 + (growth * (mark - marks[0]!)) / range + noise[i]! * 0.05) };
  },

  fd_stable: ({ random, u }) => {
    const base = random.integer(8, 400), busy = random.logUniform(0.5, 80);
    const load = random.autoregressive(u.length, random.choice([0, 0.8, 0.95]), 1);
    return { y: load.map((x) => base + random.poisson(busy * Math.exp(0.4 * x))), unit: "count", level: 1 };
  },

  /** Flat, then a deploy: a warm-up that saturates. */
  late_warm: (setting) => {
    const { random, growth, deviation } = setting, onset = random.uniform(0.2, 0.6);
    const tau = random.uniform(0.05, 0.25) * (1 - onset), rise = Math.max(growth, 5 * deviation);
    return around(setting, (at) => at > onset ? rise * saturating(at - onset, tau) : 0);
  },

  /** A long-lived level, a drop at a restart, and back. */
  restart: ({ random, u, noise }) => {
    const when = random.uniform(0.2, 0.7),
      tau = random.uniform(0.03, 0.2) * (1 - when),
      drop = random.uniform(0.3, 0.8);
    const lack = (at: number) => at > when ? drop * Math.exp(-(at - when) / tau) : 0;
    return { y: u.map((at, i) => 1 - lack(at) + noise[i]! * 0.3) };
  },
};
