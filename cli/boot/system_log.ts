/** Kernel and out-of-memory events since boot: from the journal, or from /dev/kmsg where there is none. */

import { readJournal } from "../journal.ts";
import { KmsgReader } from "../../collectors/kernel/kmsg.ts";
import {
  isWorthKeeping,
  type OomKill,
  oomKillsIn,
  parseJournalEntry,
  type SystemEvent,
} from "../../collectors/kernel/system_event.ts";

const MAX_KILLS = 100;

export class SystemLog {
  /** Newest last. */
  readonly kills: OomKill[] = [];
  /** Events worth keeping so far. */
  count = 0;
  /** Where they come from: "the journal", "/dev/kmsg", or null where neither can be read. */
  source: string | null = null;
  /** Why there is nothing to read; null while all is well. */
  why: string | null = null;
  #cursor: string | null = null;
  #kmsg: KmsgReader | null = null;

  /** Events that came since the last call. `boot_time_seconds`: Unix time of the boot, from which the kernel counts. */
  async read(boot_time_seconds: number): Promise<SystemEvent[]> {
    const events = (await this.#readAll(boot_time_seconds)).filter(isWorthKeeping);
    this.count += events.length;
    this.kills.push(...oomKillsIn(events));
    this.kills.splice(0, this.kills.length - MAX_KILLS);
    return events;
  }

  close(): void {
    this.#kmsg?.close();
  }

  async #readAll(boot_time_seconds: number): Promise<SystemEvent[]> {
    if (this.#kmsg) return this.#kmsg.read(boot_time_seconds);
    const { lines, cursor, why } = await readJournal(this.#cursor);
    if (why === null) {
      this.source = "the journal";
      this.#cursor = cursor;
      return lines.map(parseJournalEntry).filter((event) => event !== null);
    }
    try {
      this.#kmsg = new KmsgReader();
      this.source = "/dev/kmsg";
      return this.#kmsg.read(boot_time_seconds);
    } catch (error) {
      this.why = `${why}; /dev/kmsg: ${error instanceof Error ? error.message : error}`;
      return [];
    }
  }
}
