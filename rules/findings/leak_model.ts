/** Coefficients of leakFeatures (leak_probability.ts), in their order. Printed by bench/servers/fit.ts from bench/servers/recordings. */
export const LEAK_MODEL: readonly number[] = [0.98, 2.19, 1.5, 2.77, 8.05];
