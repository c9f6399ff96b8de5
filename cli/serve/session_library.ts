/** Recorded sessions for the page: the list, and the few that are open. */

import { findSession, listSessions, type SessionEntry } from "../../store/catalog.ts";
import type { Dependencies } from "../../ui/server/dependencies.ts";
import { RecordedView } from "./recorded/recorded_view.ts";

/** What was read of a session stays while somebody compares two and looks at a third. */
const MAX_OPEN = 3;
const MAX_LISTED = 500;
/** A session that is still written to is read anew no more often than this. */
const RENEW_MILLISECONDS = 10_000;

export function sessionLibrary(
  directories: readonly string[],
  hideArguments: boolean,
): Dependencies["library"] {
  const open = new Map<string, { bytes: number; read_at: number; view: RecordedView }>();
  return {
    list() {
      return Promise.resolve({
        sessions: listSessions(directories).slice(0, MAX_LISTED).map(row),
        directories: [...new Set(directories)],
        unreadable: unreadable(directories),
      });
    },
    open(id) {
      const entry = findSession(directories, id);
      if (!entry) return Promise.resolve(null);
      const known = open.get(id);
      const now = performance.now();
      if (known && (known.bytes === entry.bytes || now - known.read_at < RENEW_MILLISECONDS)) {
        return Promise.resolve(known.view);
      }
      const view = new RecordedView(entry, hideArguments);
      open.delete(id);
      open.set(id, { bytes: entry.bytes, read_at: now, view });
      if (open.size > MAX_OPEN) open.delete(open.keys().next().value!);
      return Promise.resolve(view);
    },
  };
}

function row(entry: SessionEntry) {
  const { id, kind, info, started_at_seconds, ended_at_seconds, running, bytes } = entry;
  return {
    id,
    kind: kind === "memory-monitor" ? "monitor" as const : "boot" as const,
    hostname: info?.hostname ?? "",
    kernel_release: info?.kernel_release ?? "",
    boot_id: info?.boot_id ?? null,
    started_at_seconds,
    ended_at_seconds,
    interval_seconds: info?.interval_seconds ?? null,
    size_bytes: bytes,
    is_running: running,
    end_reason: info?.end_reason ?? null,
  };
}

/** Directories that are there and cannot be looked into; one that is not there holds no sessions. */
function unreadable(directories: readonly string[]): { path: string; why: string }[] {
  return [...new Set(directories)].flatMap((path) => {
    try {
      for (const _ of Deno.readDirSync(path)) break;
      return [];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      return [{
        path,
        why: error instanceof Deno.errors.PermissionDenied ? "permission denied" : "not readable",
      }];
    }
  });
}
