import type { ProcessEntry } from "./process_entry.ts";

/** A process whose statm does not change is read this often at least, whatever the interval. */
const MAX_AGE_SECONDS = 5;
/** Consecutive readings without a change after which a process is skipped. */
const UNCHANGED_READS = 3;
/** Change of AnonPages that the processes read need not explain before all are read: the kernel counts in batches per CPU. */
const UNEXPLAINED_BYTES = 8 * 2 ** 20;

/**
 * Which processes can be skipped in this pass. Nine of ten processes of a machine do nothing, and to read one costs some 10 µs,
 * so at intervals below five seconds unchanged ones are read every five seconds, in turn. A process that has changed is read in
 * each pass from then on. A change of a skipped process shows in AnonPages of /proc/meminfo: then all are read at once.
 */
export class AdaptiveSampling {
  #now = -Infinity;
  #gap = Infinity;
  #total: number | null = null;
  #moved = 0;
  #ignoreUntil = -Infinity;
  /** Anonymous memory by which the processes read in this pass grew; new ones in full, less those that are gone. */
  #explained = 0;

  /** Begins a pass. */
  begin(nowSeconds: number): void {
    this.#gap = nowSeconds - this.#now;
    this.#now = nowSeconds;
    this.#explained = 0;
  }

  isStale(entry: ProcessEntry): boolean {
    return this.#now < entry.stale_until && !entry.focused;
  }

  /** Takes what a reading showed. */
  record(entry: ProcessEntry, moved: boolean, anonBytesMore: number): void {
    this.#explained += anonBytesMore;
    entry.unchanged_reads = moved ? 0 : entry.unchanged_reads + 1;
    if (moved) {
      entry.moved_at = this.#now;
      entry.stale_until = -Infinity;
    } else if (entry.unchanged_reads === UNCHANGED_READS) {
      // Spread over the passes by pid, so that no pass reads all of them.
      entry.stale_until = this.#now + MAX_AGE_SECONDS * (entry.record.pid % 16) / 16;
    } else if (entry.unchanged_reads > UNCHANGED_READS) {
      // The last pass within the time; a hair less, as timers are late now and then.
      entry.stale_until = this.#now + MAX_AGE_SECONDS - 0.99 * this.#gap;
    }
  }

  /** Takes that a process is gone. */
  remove(entry: ProcessEntry): void {
    this.#explained -= entry.record.anon_bytes;
  }

  /** Whether AnonPages changed by more than the processes that were read explain. null: unknown, then false. */
  unexplainedChange(anonBytes: number | null): boolean {
    this.#moved = this.#total === null || anonBytes === null ? 0 : anonBytes - this.#total;
    this.#total = anonBytes;
    return this.#now >= this.#ignoreUntil && this.#isUnexplained();
  }

  /**
   * To be called when all have been read. If the change is still unexplained it belongs to processes that are not visible: of
   * another pid namespace, or too short-lived. Then changes are ignored for a while, else each pass would read all.
   */
  acknowledge(): void {
    if (this.#isUnexplained()) this.#ignoreUntil = this.#now + MAX_AGE_SECONDS;
  }

  #isUnexplained(): boolean {
    return Math.abs(this.#moved - this.#explained) > UNEXPLAINED_BYTES;
  }
}
