/** Sessions in a directory of their own, for the store's tests. */

import { type SessionOptions, SessionWriter } from "../../store/session_writer.ts";
import { fullSample } from "./samples.ts";

export async function inDirectory(deed: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync({ prefix: "leakwatch-store-" });
  try {
    await deed(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

export function newSession(directory: string, options: Partial<SessionOptions> = {}): SessionWriter {
  return new SessionWriter({
    kind: "memory-monitor",
    directory,
    host: fullSample().host,
    versions: { leakwatch: "0.1.0" },
    interval_seconds: 5,
    duration_seconds: 60,
    started_at_seconds: 1_800_000_000,
    rotate_bytes: 64 * 1024 ** 2,
    retain_bytes: 1024 ** 3,
    retain_seconds: 30 * 86400,
    ...options,
  });
}

/** A file's lines without the last newline. */
export const linesOf = (path: string): string[] => Deno.readTextFileSync(path).replace(/\n$/, "").split("\n");
