/** Coefficients of leakFeatures (leak_probability.ts), in their order. Written by `deno task bench:servers:fit`. */
export const LEAK_MODEL: readonly number[] = [1.63, -0.1, 1.39, 1.5, 0.15, 0.25, 3.85, 3.88];
