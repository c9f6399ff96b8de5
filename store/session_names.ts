/** Names of a session's files: `memory_monitor_20261120_125314_memory.log`, `boot-20261120_125314_session.json`. */

import { type SessionKind, TABLES, TEXT_LOGS } from "./tables.ts";

const PREFIXES: Record<SessionKind, string> = {
  "memory-monitor": "memory_monitor_",
  "boot-diagnostics": "boot-",
};

const FILE_NAME =
  /^(?<id>(?<prefix>memory_monitor_|boot-)(?<stamp>\d{8}_\d{6}))_(?:(?<log>[a-z][a-z_]*)\.log(?:\.(?<number>[1-9]\d*)(?<gz>\.gz)?)?|session\.json)$/;

/** A file of ours, told from its name alone. */
export interface FileName {
  id: string;
  kind: SessionKind;
  /** null: session.json. */
  log: string | null;
  /** Rotated segments count up from 1, the oldest; null: the file being written. */
  segment: number | null;
  compressed: boolean;
}

/** What the name says; null for a file that is not ours: another log than we write, or a day that no calendar has. */
export function parseFileName(name: string): FileName | null {
  const parts = FILE_NAME.exec(name)?.groups;
  if (!parts) return null;
  const kind = parts.prefix === PREFIXES["boot-diagnostics"] ? "boot-diagnostics" : "memory-monitor";
  const log = parts.log ?? null;
  if (log !== null && !Object.hasOwn(TABLES[kind], log) && !Object.hasOwn(TEXT_LOGS[kind], log)) return null;
  if (startOf(parts.stamp!) === null) return null;
  return {
    id: parts.id!,
    kind,
    log,
    segment: parts.number ? Number(parts.number) : null,
    compressed: parts.gz !== undefined,
  };
}

/** The id of a session that starts at this moment: prefix and local time. */
export function sessionId(kind: SessionKind, startSeconds: number): string {
  const date = new Date(startSeconds * 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${PREFIXES[kind]}${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}_` +
    `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

/** Unix seconds of an id's `YYYYMMDD_HHMMSS`, local time; null where there is no such day. */
export function startOf(id: string): number | null {
  const [year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/.exec(id)!.slice(
    1,
  ).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(year, month - 1, day, hour, minute, second);
  return date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day
    ? date.getTime() / 1000
    : null;
}

export const logName = (id: string, log: string): string => `${id}_${log}.log`;
export const infoName = (id: string): string => `${id}_session.json`;
