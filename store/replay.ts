/**
 * Reads a recorded session back into the samples it was made from, in their order and in bounded memory. What its tables do
 * not hold stays null, or not-a-number where every machine has it.
 */

import { emptySample } from "../model/empty_sample.ts";
import type { Sample } from "../model/sample.ts";
import { findSession, listSessions, type SessionEntry } from "./catalog.ts";
import { makeParts, type Part } from "./replay/parts.ts";
import { TableCursor } from "./replay/table_cursor.ts";

/** More than so many intervals without a sample are a gap: the machine slept, or its clock was set. */
const GAP_INTERVALS = 3, GAP_SECONDS = 2;

/** The samples of a session, one after the other, each in the same object: like a Sampler, but from the logs. */
export class Replay {
  readonly session: SessionEntry;
  readonly sample: Sample & { updated: Set<string> } = { ...emptySample(), updated: new Set<string>() };
  #tables: { part: Part; cursor: TableCursor }[] | null = null;
  readonly #everySeconds: number;
  #lastWall = NaN;
  /** When the next sample is due, on the samples' axis. */
  #dueSeconds = -Infinity;

  /** `every_seconds`: samples at least so far apart, and the last one; what lies between is read all the same. */
  constructor(session: SessionEntry, options: { every_seconds?: number } = {}) {
    this.session = session;
    this.#everySeconds = options.every_seconds ?? 0;
    const { info } = session;
    Object.assign(this.sample.host, {
      hostname: info?.hostname ?? "",
      kernel_release: info?.kernel_release ?? "",
      boot_id: info?.boot_id ?? "",
      ...info?.host,
    });
  }

  /** The next sample; null after the last one. */
  async next(): Promise<Sample | null> {
    const tables = this.#tables ??= await this.#open();
    const lead = tables[0]?.cursor;
    if (!lead?.head) return null;
    const { sample } = this;
    sample.updated.clear();
    let discontinuity = false, isWanted: boolean;
    do {
      this.#advanceClock(lead.head.time_seconds);
      discontinuity ||= sample.discontinuity;
      isWanted = sample.time_seconds >= this.#dueSeconds;
      await this.#read(tables, lead, isWanted);
    } while (!isWanted && lead.head);
    if (!isWanted) { for (const { part, cursor } of tables) part.finish?.(sample, cursor); }
    this.#dueSeconds = sample.time_seconds + this.#everySeconds - 0.1;
    sample.discontinuity = discontinuity;
    return sample;
  }

  async close(): Promise<void> {
    for (const { cursor } of this.#tables ?? []) await cursor.close();
  }

  /** Takes the rows of the next recorded sample in. */
  async #read(
    tables: readonly { part: Part; cursor: TableCursor }[],
    lead: TableCursor,
    isWanted: boolean,
  ): Promise<void> {
    const { sample } = this;
    const wall = sample.wall_seconds;
    for (const { part, cursor } of tables) {
      // Rows of one sample share their time. Older ones are left of samples whose own row was lost.
      const isLead = cursor === lead;
      while (cursor.head && (isLead ? cursor.head.time_seconds === wall : cursor.head.time_seconds <= wall)) {
        part.take(cursor, sample);
        const reading = cursor.advance();
        if (reading) await reading;
      }
      if (isWanted) part.finish?.(sample, cursor);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Sample> {
    try {
      for (let sample = await this.next(); sample; sample = await this.next()) yield sample;
    } finally {
      await this.close();
    }
  }

  /** The first table that has rows leads: normally memory, which has one for each sample. */
  async #open(): Promise<{ part: Part; cursor: TableCursor }[]> {
    const tables = [];
    for (const part of makeParts()) {
      const cursor = await TableCursor.open(this.session, part.table, part.lazy);
      if (cursor.head) tables.push({ part, cursor });
    }
    return tables;
  }

  /** The samples' own axis never goes back: a clock that was set back counts as one interval. */
  #advanceClock(wall: number): void {
    const { sample } = this, interval = this.session.info?.interval_seconds ?? 0;
    const passed = wall - this.#lastWall;
    const isFirst = Number.isNaN(passed);
    sample.discontinuity = !isFirst && (passed <= 0 || passed > GAP_INTERVALS * interval + GAP_SECONDS);
    sample.time_seconds = isFirst ? wall : sample.time_seconds + (passed > 0 ? passed : interval);
    sample.wall_seconds = this.#lastWall = wall;
    if (sample.host.boot_time_seconds > 0) sample.host.uptime_seconds = wall - sample.host.boot_time_seconds;
  }
}

/**
 * Replays the session at a path: a directory that holds one, or the common part of a session's file names
 * (`…/memory_monitor_20260102_030405`).
 * @returns the session, or null where the path holds none
 * @throws RangeError where the directory holds several
 */
export async function replay(
  path: string,
  onSample: (sample: Sample) => void | Promise<void>,
): Promise<SessionEntry | null> {
  const sessions = sessionsAt(path);
  if (sessions.length > 1) {
    throw new RangeError(
      `${path}: holds ${sessions.length} sessions; name one, such as ${path}/${sessions[0]!.id}`,
    );
  }
  if (!sessions[0]) return null;
  for await (const sample of new Replay(sessions[0])) await onSample(sample);
  return sessions[0];
}

/** The sessions in a directory, oldest first, or the one whose files' names begin with this path. */
export function sessionsAt(path: string): SessionEntry[] {
  const trimmed = path.replace(/\/+$/, "") || "/";
  const inside = listSessions([trimmed]).toReversed();
  if (inside.length > 0) return inside;
  const cut = trimmed.lastIndexOf("/");
  const named = findSession([cut < 0 ? "." : trimmed.slice(0, cut) || "/"], trimmed.slice(cut + 1));
  return named ? [named] : [];
}
