/** Coefficients of leakFeatures (leak_probability.ts), in their order. Fitted to bench/servers/recordings with the method of bench/servers/fit.ts. */
export const LEAK_MODEL: readonly number[] = [1.75, 0.15, 0.77, 1.44, 0.56, 0.03, 3.9, 3.1];
