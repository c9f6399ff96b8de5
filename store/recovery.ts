/** What sessions that were killed left behind is tidied up when the next one starts. */

import fs from "node:fs";
import { listSessions } from "./catalog.ts";
import { compressSegment } from "./compress.ts";
import { removeIfPresent, replaceFile } from "./files.ts";
import { infoName, parseFileName } from "./session_names.ts";
import { rfc3339 } from "./table.ts";

/**
 * Gives dead sessions their end, removes unfinished temporary files and returns the segments that still wait for
 * compression. Never throws: another user's leftovers stay.
 */
export function tidyLeftovers(directory: string): string[] {
  const waiting: string[] = [];
  const sessions = listSessions([directory]);
  const running = new Set(sessions.filter((entry) => entry.running).map((entry) => entry.id));
  for (const entry of sessions) {
    if (entry.running) continue;
    if (entry.info && !entry.info.ended_at) {
      attempt(() => {
        const ended_at = rfc3339(entry.ended_at_seconds!);
        replaceFile(
          `${directory}/${infoName(entry.id)}`,
          JSON.stringify({ ...entry.info, ended_at, end_reason: "killed" }, null, 2) + "\n",
        );
      });
    }
  }
  for (const name of names(directory)) {
    if (name.endsWith(".tmp")) {
      const owner = parseFileName(name.slice(0, -".tmp".length));
      if (owner && !running.has(owner.id)) attempt(() => removeIfPresent(`${directory}/${name}`));
      continue;
    }
    const file = parseFileName(name);
    if (file?.segment && !file.compressed && !running.has(file.id)) waiting.push(`${directory}/${name}`);
  }
  return waiting;
}

/** Compresses segments one after the other. */
export async function compressAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await compressSegment(path);
}

function names(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

function attempt(deed: () => void): void {
  try {
    deed();
  } catch { /* not ours to complete */ }
}
