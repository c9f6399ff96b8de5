/** Coefficients of leakFeatures (leak_probability.ts), in their order. Written by bench/servers/fit.ts. */
export const LEAK_MODEL: readonly number[] = [-1.6, 2.2, 1.5, 1.2, 1.5, 1.2, 1.6];
