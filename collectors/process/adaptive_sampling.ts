import type { ProcessEntry } from "./process_entry.ts";
import { LONGEST_SECONDS, ReadingBudget } from "./reading_budget.ts";

/** Readings in a row without a change after which a process counts as holding still. */
const UNCHANGED_READS = 3;
/** Anonymous memory that may come or go unseen before everybody is read: the kernel counts per processor, in batches. */
const UNEXPLAINED_BYTES = 8 * 2 ** 20;
/** Of more processes than this that much more may: what is read in turn is seen late, and reading all of them is dear. */
const UNSEEN_PROCESSES = 1000;
/** Asked in vain who moved, it is not asked again for so long. */
const BLIND_SECONDS = 5;
/** Growth between two readings from which a process is read at each pass, for a while: a leak of 1 MiB a second. */
const FAST_BYTES = 2 ** 20, FAST_BYTES_PER_SECOND = 2 ** 18;
const WATCHED_SECONDS = 15;

/**
 * Who is read in this pass. To read one process costs some 5 µs, and most of what is read tells nothing, so where we go on
 * watching at short intervals:
 *
 * - suspects, and those that just grew fast, are read at each pass;
 * - those that moved lately take turns, as fast as the processor budget allows (reading_budget.ts);
 * - those that hold still are read every five seconds, or every ten where there are many;
 * - what moves unseen shows in AnonPages of /proc/meminfo: then everybody is read at once.
 */
export class AdaptiveSampling {
  readonly budget: ReadingBudget;
  #now = -Infinity;
  #gap = Infinity;
  #total: number | null = null;
  #moved = 0;
  #ignoreUntil = -Infinity;
  /** Anonymous memory by which the processes read in this pass grew; new ones in full, less those that are gone. */
  #explained = 0;
  #turn = 0;
  #count = 0;

  constructor(cpuBudget?: number) {
    this.budget = new ReadingBudget(cpuBudget);
  }

  /** Begins a pass. */
  begin(nowSeconds: number): void {
    this.#gap = nowSeconds - this.#now;
    this.#now = nowSeconds;
    this.#explained = 0;
  }

  /** Marks in each record whether this pass leaves it out (`is_stale`). */
  choose(entries: readonly ProcessEntry[]): void {
    let still = 0, moving = 0, fast = 0, watched = 0;
    for (const entry of entries) {
      const { record } = entry;
      record.is_stale = this.isStale(entry);
      if (record.is_kernel_thread) continue;
      if (entry.focused) watched++;
      else if (entry.stale_until > -Infinity) still++;
      else if (this.#now < entry.watched_until) fast++;
      else moving++;
    }
    this.#count = entries.length;
    this.budget.divide({ watched, fast, moving, still }, this.#gap);
    const { moving_reads, has_room_for_fast } = this.budget;
    if (moving_reads < moving + (has_room_for_fast ? 0 : fast)) this.#takeTurns(entries, moving_reads);
  }

  isStale(entry: ProcessEntry): boolean {
    return this.#now < entry.stale_until && !entry.focused;
  }

  /** Of those that move, whoever would wait too long and, up to so many, the next ones after the last that was read. */
  #takeTurns(entries: readonly ProcessEntry[], count: number): void {
    const overdue = this.#now - LONGEST_SECONDS + 1.01 * this.#gap;
    let left = count;
    for (const entry of entries) if (this.#takesTurns(entry) && entry.read_at <= overdue) left--;
    const begin = this.#turn % entries.length;
    for (let n = 0; n < entries.length; n++) {
      const at = begin + n < entries.length ? begin + n : begin + n - entries.length;
      const entry = entries[at]!;
      if (!this.#takesTurns(entry) || entry.read_at <= overdue) continue;
      if (left-- > 0) this.#turn = at + 1;
      else entry.record.is_stale = true;
    }
  }

  #takesTurns(entry: ProcessEntry): boolean {
    return !entry.record.is_kernel_thread && !entry.focused && entry.stale_until === -Infinity &&
      !this.#isFast(entry);
  }

  #isFast(entry: ProcessEntry): boolean {
    return this.#now < entry.watched_until && this.budget.has_room_for_fast;
  }

  /** Takes what a reading showed. */
  record(entry: ProcessEntry, moved: boolean, anonBytesMore: number): void {
    this.#explained += anonBytesMore;
    entry.unchanged_reads = moved ? 0 : entry.unchanged_reads + 1;
    if (moved) {
      const seconds = Math.max(this.#now - entry.read_at, this.#gap);
      if (anonBytesMore >= FAST_BYTES && anonBytesMore >= FAST_BYTES_PER_SECOND * seconds) {
        entry.watched_until = this.#now + WATCHED_SECONDS;
      }
      entry.moved_at = this.#now;
      entry.stale_until = -Infinity;
    } else if (entry.unchanged_reads === UNCHANGED_READS) {
      // Neighbours take turns from the start, so that no pass carries the load of all.
      entry.stale_until = this.#now + this.budget.rest_seconds * (entry.record.pid % 16) / 16;
    } else if (entry.unchanged_reads > UNCHANGED_READS) {
      // The last pass within the time; a hair less, as timers are late now and then.
      entry.stale_until = this.#now + this.budget.rest_seconds - 0.99 * this.#gap;
    }
  }

  /** Takes that a process is gone. */
  remove(entry: ProcessEntry): void {
    this.#explained -= entry.record.anon_bytes;
  }

  /** Whether the machine's anonymous memory moved by more than those that were read. null: unknown, and no question. */
  unexplainedChange(anonBytes: number | null): boolean {
    this.#moved = this.#total === null || anonBytes === null ? 0 : anonBytes - this.#total;
    this.#total = anonBytes;
    return this.#now >= this.#ignoreUntil && this.#isUnexplained();
  }

  /**
   * Takes that everybody was read after all. Where that explains nothing, the memory is nobody's that we see: of another pid
   * namespace, or of processes too short-lived. Asking again at once would only make everybody be read at every pass.
   */
  acknowledge(): void {
    if (this.#isUnexplained()) this.#ignoreUntil = this.#now + BLIND_SECONDS;
  }

  #isUnexplained(): boolean {
    return Math.abs(this.#moved - this.#explained) >
      UNEXPLAINED_BYTES * Math.max(1, this.#count / UNSEEN_PROCESSES);
  }
}
