/** Filter of the process table, and the order that stays still while one reads. Pure. */

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
