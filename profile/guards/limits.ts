/** Hard bounds of one profile, whatever is asked for. */

import { statfsSync } from "node:fs";

export const MIN_SECONDS = 1;
export const MAX_SECONDS = 600;

/** Most that is written to disk or taken from the target. perf with stacks wrote 145 MB in 6 s at 10,000 allocations a second. */
export const MAX_BYTES = 512 << 20;

/** Bytes that may be written below `directory`: the bound, or half of what is free there. */
export function allowedBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return Math.min(MAX_BYTES, Math.floor(bavail * bsize / 2));
  } catch {
    return 0;
  }
}
