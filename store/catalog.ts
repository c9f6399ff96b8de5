/** Which sessions lie in which directories. Ids are looked up among the names found, they never become paths. */

import fs from "node:fs";
import { readSmallFile } from "./files.ts";
import { isAlive, MAX_INFO_BYTES, parseSessionInfo, type SessionInfo } from "./session_info.ts";
import { infoName, parseFileName, startOf } from "./session_names.ts";
import type { SessionKind } from "./tables.ts";

/** One file of a log: a rotated segment or the one being written. */
export interface Segment {
  path: string;
  /** null: the newest, uncompressed. */
  number: number | null;
  compressed: boolean;
  bytes: number;
  modified_seconds: number;
}

export interface SessionEntry {
  id: string;
  kind: SessionKind;
  directory: string;
  /** null where session.json is missing or torn. */
  info: SessionInfo | null;
  started_at_seconds: number;
  /** null while it runs. */
  ended_at_seconds: number | null;
  running: boolean;
  bytes: number;
  /** Segments of each log, oldest first. */
  logs: Record<string, Segment[]>;
}

/** All sessions in these directories, newest first. A directory that cannot be read is passed over. */
export function listSessions(directories: readonly string[]): SessionEntry[] {
  return [...new Set(directories)].flatMap(sessionsIn)
    .sort((a, b) => b.started_at_seconds - a.started_at_seconds || (a.id < b.id ? 1 : -1));
}

/** The session with this id, if one of the directories has it. */
export function findSession(directories: readonly string[], id: string): SessionEntry | null {
  return listSessions(directories).find((entry) => entry.id === id) ?? null;
}

/** A file's time may be set to anything; beyond the year 9999 RFC 3339 has no words for it. */
const isDate = (seconds: number) => seconds >= 0 && seconds < 253_402_300_800;

interface Found extends Segment {
  id: string;
  log: string | null;
  kind: SessionKind;
}

/** Every file of ours in a directory; links and other things are passed over. */
export function sessionFiles(directory: string): Found[] {
  let names: string[];
  try {
    names = fs.readdirSync(directory);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const parsed = parseFileName(name);
    const stat = parsed && fs.lstatSync(`${directory}/${name}`, { throwIfNoEntry: false });
    if (!parsed || !stat?.isFile()) return [];
    return [{
      ...parsed,
      path: `${directory}/${name}`,
      number: parsed.segment,
      bytes: stat.size,
      modified_seconds: stat.mtimeMs / 1000,
    }];
  });
}

function sessionsIn(directory: string): SessionEntry[] {
  const byId = Map.groupBy(sessionFiles(directory), (file) => file.id);
  return [...byId].map(([id, files]) => {
    const info = readInfo(directory, id);
    const newest = Math.max(...files.map((file) => file.modified_seconds));
    const running = isAlive(info, Date.now() / 1000 - newest);
    const started = info ? Date.parse(info.started_at) / 1000 : startOf(id)!;
    const ended = info?.ended_at ? Date.parse(info.ended_at) / 1000 : isDate(newest) ? newest : started;
    return {
      id,
      kind: files[0]!.kind,
      directory,
      info,
      started_at_seconds: started,
      ended_at_seconds: running ? null : ended,
      running,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      logs: logsOf(files),
    };
  });
}

function logsOf(files: readonly Found[]): Record<string, Segment[]> {
  const logs: Record<string, Segment[]> = Object.create(null);
  for (const { log, path, number, compressed, bytes, modified_seconds } of files) {
    if (log !== null) (logs[log] ??= []).push({ path, number, compressed, bytes, modified_seconds });
  }
  for (const [name, segments] of Object.entries(logs)) logs[name] = inOrder(segments);
  return logs;
}

/** Oldest first; a segment that is there both plain and compressed (power cut between) counts once. */
function inOrder(segments: Segment[]): Segment[] {
  const order = (segment: Segment) => segment.number ?? Infinity;
  return segments
    .filter((segment) =>
      segment.compressed || segment.number === null ||
      !segments.some((other) => other.compressed && other.number === segment.number)
    )
    .sort((a, b) => order(a) - order(b));
}

export function readInfo(directory: string, id: string): SessionInfo | null {
  try {
    const info = parseSessionInfo(readSmallFile(`${directory}/${infoName(id)}`, MAX_INFO_BYTES));
    return info?.id === id ? info : null;
  } catch {
    return null;
  }
}
