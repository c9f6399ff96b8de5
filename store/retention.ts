/** Removes the oldest files, whole, beyond a total size or an age. Never what a running session still writes. */

import type { SessionEntry } from "./catalog.ts";
import { listSessions, sessionFiles } from "./catalog.ts";
import { removeIfPresent } from "./files.ts";

export interface Retention {
  retain_bytes: number;
  retain_seconds: number;
}

/**
 * Applies the limits to one directory. Rotated segments of running sessions may go too; their other files, session.json
 * and the summary of a running session stay. Returns the paths that were removed; a file that cannot be is left.
 */
export function applyRetention(directory: string, limits: Retention, nowSeconds: number): string[] {
  const running = new Set(
    listSessions([directory]).filter((entry: SessionEntry) => entry.running).map((entry) => entry.id),
  );
  // A time in the future, as from a clock that was wrong, would keep a file for ever.
  const age = (file: { modified_seconds: number }) => Math.abs(nowSeconds - file.modified_seconds);
  const files = sessionFiles(directory).sort((a, b) => age(b) - age(a));
  let total = files.reduce((sum, file) => sum + file.bytes, 0);
  const removed: string[] = [];
  for (const file of files) {
    const isOld = age(file) > limits.retain_seconds;
    if (!isOld && total <= limits.retain_bytes) continue;
    if (running.has(file.id) && file.number === null) continue;
    try {
      removeIfPresent(file.path);
      total -= file.bytes;
      removed.push(file.path);
    } catch { /* somebody else's file, or a read-only disk */ }
  }
  return removed;
}
