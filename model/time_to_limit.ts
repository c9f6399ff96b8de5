/** When a limit is reached, in the words that every report, alert and screen uses. Pure. */

import type { TimeToLimit } from "./finding.ts";
import { formatAbout } from "./format.ts";

const LIMITS: Readonly<Record<string, string>> = {
  "MemAvailable": "memory full",
  "SwapTotal": "swap full",
  "RLIMIT_NOFILE": "descriptor limit reached",
  "fs.file-max": "the machine's open-file limit reached",
  "size of the mount": "mount full",
};

/** "memory full in about 3 h 30 min", "descriptor limit reached in 13 min at the earliest". */
export function limitMessage({ low, high, limit }: TimeToLimit): string {
  const what = LIMITS[limit] ?? `${limit} reached`;
  if (high === null) return `${what} in ${formatAbout(low)} at the earliest`;
  return high < 60 ? `${what} in less than a minute` : `${what} in about ${formatAbout((low + high) / 2)}`;
}
