/** Recorded sessions for the page: the list, and the few that are open. */

import { findSession, listSessions, type SessionEntry } from "../../store/catalog.ts";
import { readEvidence } from "../../store/profile_log.ts";
import type { ServerPorts } from "../../ui/server/server_ports.ts";
import { MachineView } from "../../ui/server/machine_view.ts";
import type { View } from "../../ui/server/view.ts";
import type { RuleSet } from "../../rules/alerts/rule.ts";
import { replaySession } from "../replay_session.ts";
import { viewDependencies } from "./live_adapter.ts";

/** What was read of a session stays while somebody compares two and looks at a third. */
const MAX_OPEN = 3;
const MAX_LISTED = 500;
/** Samples that a session is shown from: more than a chart is wide, and a minute apart in a day. */
const MAX_SAMPLES = 1500;
/** A session that is still written to is read anew no more often than this. */
const REFRESH_MILLISECONDS = 10_000;

export function sessionLibrary(
  directories: readonly string[],
  rules: RuleSet,
  hideArguments: boolean,
): ServerPorts["library"] {
  const open = new Map<string, { bytes: number; read_at: number; view: Promise<View> }>();
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
      if (known && (known.bytes === entry.bytes || now - known.read_at < REFRESH_MILLISECONDS)) {
        return known.view;
      }
      const view = readSession(entry, rules, hideArguments);
      view.catch(() => open.delete(id));
      open.delete(id);
      open.set(id, { bytes: entry.bytes, read_at: now, view });
      if (open.size > MAX_OPEN) open.delete(open.keys().next().value!);
      return view;
    },
  };
}

/** Replays a session into a view of its own. */
async function readSession(session: SessionEntry, rules: RuleSet, hide_arguments: boolean): Promise<View> {
  const { source, pipeline, run } = replaySession(session, rules, MAX_SAMPLES);
  const profiles = await readEvidence(session);
  const view = new MachineView({
    ...viewDependencies({
      pipeline,
      rules,
      sampler: source,
      roots: null,
      hide_arguments,
      interval_seconds: session.info?.interval_seconds ?? 0,
      profiles: () => profiles,
    }),
    session: {
      id: session.id,
      from_seconds: session.started_at_seconds,
      to_seconds: session.ended_at_seconds ?? Date.now() / 1000,
    },
  });
  const end = await run([view]);
  if (end) view.show(end);
  return view;
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
