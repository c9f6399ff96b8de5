/** Filter and sort of the process table, and the order that stays still while one reads. Pure. */

import type { ProcessRow } from "./api.ts";

/** Every word must occur in the name, pid, user, unit, container or command. */
export function filterProcesses(rows: readonly ProcessRow[], text: string): readonly ProcessRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const all = [row.name, row.pid, row.user, row.unit, row.container, row.command, row.verdict].join("\n")
      .toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

type Key = keyof ProcessRow;

/** `-rss_bytes` sorts downward. Unknown values come last in either direction; equal ones by pid. */
export function sortProcesses(rows: readonly ProcessRow[], sort: string): ProcessRow[] {
  const isDown = sort.startsWith("-");
  const key = (isDown ? sort.slice(1) : sort) as Key;
  const sign = isDown ? -1 : 1;
  return rows.toSorted((a, b) => {
    const one = a[key] ?? null, other = b[key] ?? null;
    if (one === other) return a.pid - b.pid;
    if (one === null) return 1;
    if (other === null) return -1;
    const order = typeof one === "string" ? one.localeCompare(String(other)) : Number(one) - Number(other);
    return order === 0 ? a.pid - b.pid : sign * order;
  });
}

/**
 * Rows in the order they had, with their new values; what has ended stays in its place and new ones come at the end, so that
 * nothing moves under the pointer.
 */
export function keepOrder(
  rows: readonly ProcessRow[],
  before: readonly ProcessRow[],
  keyOf: (row: ProcessRow) => string,
): ProcessRow[] {
  const now = new Map(rows.map((row) => [keyOf(row), row]));
  const kept = before.map((row) => {
    const renewed = now.get(keyOf(row));
    now.delete(keyOf(row));
    return renewed ?? { ...row, state: GONE };
  });
  return [...kept, ...now.values()];
}

/** State of a row whose process has ended while the table was held still. */
export const GONE = "gone";
