/** Coefficients of leakFeatures (leak_probability.ts), in their order. Printed by bench/servers/fit.ts from bench/servers/recordings. */
export const LEAK_MODEL: readonly number[] = [1.04, 1.96, 1.3, 3, 8.21];
