/**
 * session.json: what a session is, and the lock that keeps two sessions from sharing files. Its exclusive creation takes
 * the name; whoever finds one without an end can tell from the owner in it whether that session still lives.
 */

import * as z from "zod/mini";
import type { HostInfo } from "../model/sample.ts";
import type { SessionKind } from "./tables.ts";

/** Which process writes a session. A pid alone would be reused, also by another container on the same directory. */
export interface SessionOwner {
  hostname: string;
  boot_id: string;
  pid_namespace: string;
  pid: number;
  start_ticks: number;
}

export interface SessionInfo {
  schema: "leakwatch.session/1";
  id: string;
  kind: SessionKind;
  hostname: string;
  kernel_release: string;
  boot_id: string;
  /** More about the machine; missing in old recordings. */
  host?: Pick<HostInfo, "boot_time_seconds" | "cpu_count" | "page_bytes" | "is_root">;
  versions: Record<string, string>;
  interval_seconds: number;
  /** null: until stopped. */
  duration_seconds: number | null;
  started_at: string;
  /** null while it runs. */
  ended_at: string | null;
  /** "duration", "stopped", "error"; "killed" where a later session found it without an end. */
  end_reason: string | null;
  samples: number | null;
  /** What leakwatch itself used over the session. */
  cost: { cpu_seconds: number; rss_bytes: number } | null;
  /** What grew when it ended, the worst first; null while it runs, missing in old recordings. */
  findings?: SessionFinding[] | null;
  owner: SessionOwner;
}

/** A finding at the end of a session, in short. */
export interface SessionFinding {
  kind: string;
  name: string;
  pid: number | null;
  verdict: string;
  rate_per_hour: number | null;
  unit: string;
}

/** Findings that are kept of a session. */
export const MAX_FINDINGS = 40;
/** The file holds less than 16 KiB; a larger one than this is none of ours. */
export const MAX_INFO_BYTES = 64 * 1024;

const text = z.string().check(z.maxLength(256));
const shortText = z.string().check(z.maxLength(64));
const seconds = z.number().check(z.minimum(0), z.maximum(1e10));
const count = z.int().check(z.minimum(0));
/** PID_MAX_LIMIT of 64-bit kernels is 2^22. */
const pid = z.int().check(z.minimum(1), z.maximum(2 ** 22));
/** RFC 3339 with a four-digit year, as Date.parse and toISOString take it without complaint. */
const date = z.iso.datetime({ offset: true });

/** A session.json may have been put there by anybody: every field is bounded before it is used. */
const SCHEMA = z.object({
  schema: z.literal("leakwatch.session/1"),
  id: text,
  kind: z.enum(["memory-monitor", "boot-diagnostics"]),
  hostname: text,
  kernel_release: text,
  boot_id: text,
  host: z.catch(
    z.optional(z.object({
      boot_time_seconds: seconds,
      cpu_count: z.int().check(z.minimum(0), z.maximum(1e6)),
      page_bytes: z.int().check(z.minimum(1), z.maximum(2 ** 30)),
      is_root: z.boolean(),
    })),
    undefined,
  ),
  versions: z.record(shortText, text),
  interval_seconds: seconds,
  duration_seconds: z.nullable(seconds),
  started_at: date,
  ended_at: z.nullable(date),
  end_reason: z.nullable(shortText),
  samples: z.nullable(count),
  cost: z.nullable(z.object({
    cpu_seconds: z.number().check(z.minimum(0)),
    rss_bytes: z.number().check(z.minimum(0)),
  })),
  findings: z.catch(
    z.nullish(
      z.array(z.object({
        kind: shortText,
        name: text,
        pid: z.nullable(pid),
        verdict: shortText,
        rate_per_hour: z.nullable(z.number()),
        unit: z.string().check(z.maxLength(16)),
      })).check(z.maxLength(MAX_FINDINGS)),
    ),
    undefined,
  ),
  owner: z.object({
    hostname: text,
    boot_id: text,
    pid_namespace: text,
    pid,
    start_ticks: count,
  }),
});

/** null for anything that is not a session.json of ours. */
export function parseSessionInfo(json: string): SessionInfo | null {
  try {
    return SCHEMA.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}

/** This very process. */
export function readOwner(): SessionOwner {
  return {
    hostname: Deno.hostname(),
    boot_id: textOr("/proc/sys/kernel/random/boot_id", ""),
    pid_namespace: pidNamespace(),
    pid: Deno.pid,
    start_ticks: startTicks(Deno.pid) ?? 0,
  };
}

/** A session whose owner cannot be seen from here counts as alive while it was written to this recently. */
const UNSEEN_ALIVE_SECONDS = 900;

/** Whether the session's writer still runs; `idleSeconds` is how long ago any of its files was written. */
export function isAlive(info: SessionInfo | null, idleSeconds: number): boolean {
  if (info?.ended_at) return false;
  const here = readOwner();
  const owner = info?.owner;
  if (!owner || owner.hostname !== here.hostname || owner.pid_namespace !== here.pid_namespace) {
    // A file that was written in the future tells nothing.
    return Math.abs(idleSeconds) < UNSEEN_ALIVE_SECONDS;
  }
  return owner.boot_id === here.boot_id && startTicks(owner.pid) === owner.start_ticks;
}

/** Field 22 of /proc/PID/stat, counted from the last parenthesis; null where there is no such process. */
function startTicks(pid: number): number | null {
  const stat = textOr(`/proc/${pid}/stat`, "");
  return stat ? Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) : null;
}

function pidNamespace(): string {
  try {
    return Deno.readLinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function textOr(path: string, otherwise: string): string {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    return otherwise;
  }
}
