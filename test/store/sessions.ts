/** Sessions in a directory of their own, for the store's tests. */

import { type SessionOptions, SessionWriter } from "../../store/session_writer.ts";
import type { SessionInfo } from "../../store/session_info.ts";
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

/** A whole session.json of a session that ended, as a test wants it. */
export const sessionInfo = (info: Partial<SessionInfo> & Pick<SessionInfo, "id" | "kind">): SessionInfo => ({
  schema: "leakwatch.session/1",
  hostname: "db-7",
  kernel_release: "6.12.0",
  boot_id: "11111111-2222-3333-4444-555555555555",
  versions: { leakwatch: "0.1.0" },
  interval_seconds: 30,
  duration_seconds: 7200,
  started_at: "2026-11-20T10:00:00.000Z",
  ended_at: "2026-11-20T12:00:00.000Z",
  end_reason: "duration",
  samples: 240,
  cost: { cpu_seconds: 1.5, rss_bytes: 50_000_000 },
  owner: { hostname: "db-7", boot_id: "another", pid_namespace: "pid:[1]", pid: 812, start_ticks: 4471 },
  ...info,
});
