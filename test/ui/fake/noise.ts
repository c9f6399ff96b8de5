/** Sizes and chance of the made-up machine. */

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** The same noise in every run. */
export function noise(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453;
  return x - Math.floor(x) - 0.5;
}
