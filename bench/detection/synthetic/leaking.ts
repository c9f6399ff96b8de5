import { sawtooth, type Setting, type Shape, wave } from "./setting.ts";

/** Families of series that leak. */
export const LEAKING: Readonly<Record<string, (setting: Setting) => Shape>> = {
  linear: ({ u, growth, noise }) => ({ y: u.map((at, i) => 1 + growth * at + noise[i]!), growth }),

  /** Garbage collection: teeth on a rising floor. */
  gc_leak: ({ random, u, growth: wanted, noise }) => {
    const swing = random.logUniform(0.05, 1), growth = Math.max(wanted, 0.4 * swing);
    const { phase, tooth } = sawtooth(random, u, random.logUniform(6, 120));
    const heights = random.times(400, () => random.uniform(0.7, 1));
    const y = u.map((at, i) =>
      1 + growth * at + swing * phase[i]! * heights[tooth[i]! % 400]! + noise[i]! * 0.3
    );
    return { y, growth };
  },

  /** A leak under a load that comes and goes. */
  load_leak: ({ random, u, growth: wanted, noise, deviation }) => {
    const swing = random.logUniform(0.02, 0.5), cycles = random.uniform(2.2, 12);
    const growth = Math.max(wanted, 0.5 * swing, 3 * deviation), round = random.integer(0, 2) === 1;
    const load = wave(random, u, cycles).map((w) => round ? w : w ** 3);
    return { y: u.map((at, i) => 1 + growth * at + swing * load[i]! + noise[i]!), growth };
  },

  staircase: ({ random, u, growth, noise }) => {
    const count = random.integer(8, 60);
    const at = random.times(count, (i) => (i + random.uniform(0.1, 0.9)) / count).sort((a, b) => a - b);
    const heights = random.times(count, () => random.uniform(0.5, 1.5)),
      sum = heights.reduce((a, b) => a + b);
    const y = u.map((now, i) =>
      1 + growth * heights.reduce((total, h, k) => total + (now >= at[k]! ? h / sum : 0), 0) + noise[i]!
    );
    return { y, growth };
  },

  late: ({ random, u, growth: wanted, noise, deviation }) => {
    const onset = random.uniform(0.25, 0.6), growth = Math.max(wanted, 5 * deviation);
    return { y: u.map((at, i) => 1 + (growth * Math.max(0, at - onset)) / (1 - onset) + noise[i]!) };
  },

  accel: ({ random, u, growth, noise }) => {
    const power = random.uniform(1.3, 2.6);
    return { y: u.map((at, i) => 1 + growth * Math.max(0, at) ** power + noise[i]!) };
  },

  /** A saw whose releases give back only a part. */
  partial: ({ random, u, growth, noise }) => {
    const { phase, tooth } = sawtooth(random, u, random.integer(6, 40));
    const first = Math.min(...tooth), kept = random.uniform(0.3, 0.8);
    const held = tooth.map((t, i) => t - first + phase[i]! - kept * (t - first)), most = Math.max(...held);
    return { y: u.map((_, i) => 1 + (growth * held[i]!) / most + noise[i]! * 0.5), growth };
  },

  fd_leak: ({ random, u }) => {
    const base = random.integer(8, 400), growth = random.integer(20, 400), busy = random.uniform(0.3, 6);
    const y = u.map((at) => Math.round(base + growth * at + Math.abs(random.normal(0, busy))));
    return { y, unit: "count", level: 1, growth };
  },

  ar_leak: ({ random, u, deviation }) => {
    const noise = random.autoregressive(u.length, random.choice([0.9, 0.97]), deviation);
    const growth = Math.max(random.logUniform(0.05, 3), 5 * deviation);
    return { y: u.map((at, i) => 1 + growth * at + noise[i]!), growth };
  },

  /** A leak, and one to three temporary jobs. */
  leak_job: ({ random, u, growth, noise }) => {
    const jobs = u.map(() => 0);
    for (let left = random.integer(1, 4); left > 0; left--) {
      const from = random.uniform(0.02, 0.85), to = from + random.uniform(0.02, 0.08);
      const height = random.uniform(0.3, 2) * growth * random.choice([-0.4, 1]);
      u.forEach((at, i) => at > from && at < to && (jobs[i]! += height));
    }
    return { y: u.map((at, i) => 1 + growth * at + jobs[i]! + noise[i]!), growth };
  },
};
