import type { ByteCursor } from "../byte_cursor.ts";
import { keyBytes } from "../byte_cursor.ts";
import { readTextOrNull } from "../fs.ts";

/** Soft and hard value of one limit; null: unlimited. */
export interface Limit {
  soft: number | null;
  hard: number | null;
}

/** The limits of /proc/PID/limits that bound growth. A line that is missing leaves its limit out. */
export interface Limits {
  open_files?: Limit;
  address_space_bytes?: Limit;
  data_bytes?: Limit;
  stack_bytes?: Limit;
  processes?: Limit;
  locked_memory_bytes?: Limit;
}

const NAMES = new Map<string, keyof Limits>([
  ["Max open files", "open_files"],
  ["Max address space", "address_space_bytes"],
  ["Max data size", "data_bytes"],
  ["Max stack size", "stack_bytes"],
  ["Max processes", "processes"],
  ["Max locked memory", "locked_memory_bytes"],
]);

/** A text of /proc/PID/limits: a table with columns apart by two or more spaces. Never throws. */
export function parseLimits(text: string): Limits {
  const limits: Limits = {};
  for (const line of text.split("\n")) {
    const [name, soft, hard] = line.split(/\s{2,}/);
    const key = NAMES.get(name ?? "");
    if (key === undefined || soft === undefined || hard === undefined) continue;
    limits[key] = { soft: limitValue(soft), hard: limitValue(hard) };
  }
  return limits;
}

const OPEN_FILES = keyBytes("Max open files");

/** The soft limit of open files alone, from bytes: read for every process at its first sight. null: unlimited or missing. */
export function parseOpenFilesLimit(cursor: ByteCursor): number | null {
  while (!cursor.startsWith(OPEN_FILES)) if (!cursor.nextLine()) return null;
  // "unlimited" would let the search for digits run on to the hard limit.
  cursor.at += OPEN_FILES.length;
  while (cursor.at < cursor.end && cursor.bytes[cursor.at] === 0x20) cursor.at++;
  const digit = cursor.bytes[cursor.at] ?? 0;
  return cursor.at < cursor.end && digit >= 0x30 && digit <= 0x39 ? cursor.nextNumber() : null;
}

function limitValue(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** The limits of one process; null where it is gone or hidden. */
export function readLimits(pid: number | "self", proc = "/proc"): Limits | null {
  const text = readTextOrNull(`${proc}/${pid}/limits`);
  return text === null ? null : parseLimits(text);
}
