/**
 * A second, independent source of series: models of programs, in which memory follows from what the program does (requests,
 * sessions, collections, jobs) and not from a curve. Nothing was tuned on them; they show what the first source leaves out.
 */
import { Random } from "./synthetic/mod.ts";

const MIB = 2 ** 20, PAGE = 4096;

/** Memory at each of `n` samples. */
type Model = (random: Random, n: number, leaks: boolean) => number[];

/** Lengths: samples and seconds between them. */
export const MODEL_LENGTHS = {
  "2 h": { samples: 480, step: 15 },
  "24 h": { samples: 1440, step: 60 },
  "7 d": { samples: 2016, step: 300 },
} as const;

/** Requests fill a cache to its cap within two thirds of the window; a leak loses a share of every request besides. */
const cache: Model = (random, n, leaks) => {
  const base = random.uniform(20, 200) * MIB,
    cap = random.uniform(0.2, 1.5) * base,
    full = random.uniform(0.1, 0.66) * n;
  const lost = leaks ? (random.uniform(0.3, 1.5) * base) / n : 0;
  let filled = 0, leaked = 0;
  return random.times(n, () => {
    const requests = random.poisson(30) / 30;
    filled = Math.min(cap, filled + (cap / full) * requests * (1 - filled / (1.3 * cap)) * 1.9);
    leaked += lost * requests;
    return base + filled + leaked;
  });
};

/** A generational collector: the young part is emptied often, the old one when it has grown to 1.8 times what lives. */
const collected: Model = (random, n, leaks) => {
  const start = random.uniform(20, 300) * MIB,
    fresh = random.uniform(0.05, 0.3) * start,
    grown = leaks ? random.uniform(0.4, 2) : 0;
  const majors = random.uniform(5, 30), promoted = ((0.8 + 0.4 * grown) * start * majors) / n;
  let old = start * random.uniform(1, 1.8), young = 0;
  return random.times(n, (i) => {
    const live = start * (1 + (grown * i) / n);
    old += promoted * random.exponential(1);
    young = young > fresh ? 0 : young + fresh * random.uniform(0, 0.4);
    if (old > 1.8 * live) old = live;
    return old + young;
  });
};

/** Sessions come and go under a daily load; in a leak some never go. */
const sessions: Model = (random, n, leaks) => {
  const cycle = n / random.choice([0.8, 1.7, 3.3, 7.2]),
    rate = random.logUniform(2, 30),
    stay = random.logUniform(3, 60);
  const depth = random.uniform(0, 0.6), phase = random.uniform(), item = random.logUniform(0.05, 2) * MIB;
  const stuck = leaks ? (random.uniform(0.5, 2) * stay) / n : 0,
    base = random.uniform(0.5, 3) * rate * stay * item;
  let open = rate * stay, leaked = 0;
  return random.times(n, (i) => {
    const coming = random.poisson(rate * (1 + depth * Math.sin(2 * Math.PI * (i / cycle + phase))));
    open += coming - Math.min(open, random.poisson(open / stay));
    leaked += coming * stuck;
    return base + (open + leaked) * item;
  });
};

/** Jobs that take memory for a part of each round. */
const jobs: Model = (random, n, leaks) => {
  const every = Math.max(6, Math.round(n / random.uniform(3, 30))), length = every * random.uniform(0.1, 0.6);
  const height = random.uniform(0.05, 1),
    base = random.uniform(50, 400) * MIB,
    offset = random.integer(0, every);
  const growth = leaks ? Math.max(0.3 * height, random.logUniform(0.1, 1.5)) : 0;
  return random.times(n, (i) => {
    const job = (i + offset) % every < length ? height * random.uniform(0.8, 1) : 0;
    return base * (1 + (growth * i) / n + job + random.normal(0, 0.005));
  });
};

/** Something is forgotten at each failure; failures come at random. */
const failures: Model = (random, n) => {
  const base = random.uniform(20, 300) * MIB, chance = random.logUniform(0.03, 0.5);
  const each = (random.uniform(0.2, 1.5) * base) / (n * chance);
  let leaked = 0;
  return random.times(n, () => {
    if (random.chance(chance)) leaked += random.exponential(each);
    return base + leaked + random.normal(0, 0.004) * base;
  });
};

/** A pool that grows with the worst burst so far, to its cap, and never shrinks. */
const pool: Model = (random, n) => {
  const cap = random.integer(8, 64),
    item = random.uniform(0.5, 8) * MIB,
    base = random.uniform(30, 200) * MIB;
  const chance = random.uniform(3, 20) * (cap / n);
  let size = 2;
  return random.times(n, () => {
    if (size < cap && random.chance(Math.min(1, chance * (1 - size / cap)))) size++;
    return base + size * item + random.normal(0, 0.3) * MIB;
  });
};

/** A walk that is drawn back to its level. */
const wandering: Model = (random, n) => {
  const base = random.uniform(50, 4000) * MIB,
    step = random.logUniform(0.001, 0.03),
    back = random.choice([0.005, 0.02, 0.1]);
  let x = 0;
  return random.times(n, () => base * Math.exp(x += random.normal(0, step) - back * x));
};

/** New versions are rolled out; each warms up. */
const deploys: Model = (random, n) => {
  const base = random.uniform(100, 900) * MIB,
    warm = n * random.uniform(0.02, 0.12),
    height = random.uniform(0.2, 1);
  const at = [0, ...random.times(random.integer(1, 5), () => random.integer(5, n))],
    noise = random.uniform(0.002, 0.02);
  return random.times(n, (i) => {
    const since = i - Math.max(...at.filter((start) => start <= i));
    return base * (1 + height * (1 - Math.exp(-since / warm)) + random.normal(0, noise));
  });
};

const LEAKING = { cache, collected, sessions, jobs, failures };
const HEALTHY = { cache, collected, sessions, jobs, pool, wandering, deploys };

export interface ModelSeries {
  model: string;
  leaks: boolean;
  length: keyof typeof MODEL_LENGTHS;
  unit: "bytes";
  times: number[];
  values: number[];
}

/** Every model at every length, `each` times. */
export function* modelSuite(seed: number, each: number): Generator<ModelSeries> {
  for (const length of Object.keys(MODEL_LENGTHS) as (keyof typeof MODEL_LENGTHS)[]) {
    const { samples, step } = MODEL_LENGTHS[length];
    for (const leaks of [true, false]) {
      for (const [model, make] of Object.entries(leaks ? LEAKING : HEALTHY) as [string, Model][]) {
        for (let index = 0; index < each; index++) {
          const random = new Random(
            seed,
            samples,
            index,
            leaks ? 1 : 2,
            model.charCodeAt(0) * 256 + model.length,
          );
          const values = make(random, samples, leaks).map((v) => Math.max(PAGE, Math.round(v / PAGE) * PAGE));
          yield { model, leaks, length, unit: "bytes", times: values.map((_, i) => i * step), values };
        }
      }
    }
  }
}
