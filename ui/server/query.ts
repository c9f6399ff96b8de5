/** Queries have bounds: what does not fit is refused, not guessed at. Pure. */

import { HTTPException } from "hono/http-exception";
import { MACHINE_COLUMN_NAMES } from "./columns.ts";
import type { ProcessIdentity, RangeQuery } from "./view.ts";

const MAX_POINTS = 4000;
const DEFAULT_POINTS = 600;
const MAX_IDENTITIES = 200;
const MAX_LETTERS = 8000;
/** Year 2200; keeps nonsense out of arithmetic. */
const LATEST = 7_258_118_400;

const refuse = (why: string): never => {
  throw new HTTPException(400, { message: why });
};

function number(text: string | undefined, name: string, highest: number): number | null {
  if (text === undefined || text === "") return null;
  if (text.length > 20 || !/^\d+(\.\d+)?$/.test(text)) refuse(`${name} is not a number`);
  const value = Number(text);
  return value <= highest ? value : refuse(`${name} is too large`);
}

export function parseRange(
  query: { from?: string; to?: string; last?: string; points?: string },
): RangeQuery {
  const from = number(query.from, "from", LATEST);
  const to = number(query.to, "to", LATEST);
  if (from !== null && to !== null && from >= to) refuse("from must lie before to");
  const points = number(query.points, "points", MAX_POINTS) ?? DEFAULT_POINTS;
  const last = number(query.last, "last", LATEST);
  return { from, to, last, points: Math.max(2, Math.floor(points)) };
}

/** Names separated by commas; unknown ones are refused. */
export function parseColumns(text: string | undefined): string[] {
  if (!text) return [...MACHINE_COLUMN_NAMES];
  if (text.length > MAX_LETTERS) refuse("columns is too long");
  const names = [...new Set(text.split(","))];
  const unknown = names.find((name) => !MACHINE_COLUMN_NAMES.includes(name));
  if (unknown !== undefined) refuse(`no such column; there are ${MACHINE_COLUMN_NAMES.join(", ")}`);
  return names;
}

/** `812-4471,900-5000`: pid and start ticks. */
export function parseIdentities(text: string | undefined): ProcessIdentity[] {
  if (!text) return [];
  if (text.length > MAX_LETTERS) refuse("ids is too long");
  const parts = text.split(",");
  if (parts.length > MAX_IDENTITIES) refuse(`at most ${MAX_IDENTITIES} ids`);
  return parts.map((part) => {
    const match = part.match(/^(\d{1,10})-(\d{1,18})$/);
    return match
      ? { pid: Number(match[1]), start_ticks: Number(match[2]) }
      : refuse("ids are PID-START_TICKS");
  });
}

export function parseIdentity(pid: string, startTicks: string): ProcessIdentity {
  return parseIdentities(`${pid}-${startTicks}`)[0] ?? refuse("not a process");
}
