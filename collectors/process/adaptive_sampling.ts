import type { ProcessEntry } from "./process_entry.ts";

/** A process that holds still is read this often at least, whatever the interval. */
const REST_SECONDS = 5;
/** Readings in a row without a change after which a process counts as holding still. */
const STILL_READINGS = 3;
/** Anonymous memory that may come or go unseen before everybody is read: the kernel counts per processor, in batches. */
const UNSEEN_BYTES = 8 * 2 ** 20;

/**
 * Who need not be read in this pass. Nine of ten processes of a machine do nothing, and to read one costs some 10 µs, so
 * at intervals below five seconds those that hold still are read every five seconds, in turn. Whoever moves is read at each
 * pass from then on. What moves unseen shows in AnonPages of /proc/meminfo: then everybody is read at once.
 */
export class AdaptiveSampling {
  #now = -Infinity;
  #gap = Infinity;
  #total: number | null = null;
  #moved = 0;
  #blindUntil = -Infinity;
  /** Anonymous memory by which the processes read in this pass grew; new ones in full, less those that are gone. */
  #seen = 0;

  /** Begins a pass. */
  begin(nowSeconds: number): void {
    this.#gap = nowSeconds - this.#now;
    this.#now = nowSeconds;
    this.#seen = 0;
  }

  isResting(entry: ProcessEntry): boolean {
    return this.#now < entry.rest_until && !entry.focused;
  }

  /** Takes what a reading showed. */
  see(entry: ProcessEntry, moved: boolean, anonBytesMore: number): void {
    this.#seen += anonBytesMore;
    entry.unchanged_reads = moved ? 0 : entry.unchanged_reads + 1;
    if (moved) {
      entry.moved_at = this.#now;
      entry.rest_until = -Infinity;
    } else if (entry.unchanged_reads === STILL_READINGS) {
      // Neighbours take turns from the start, so that no pass carries the load of all.
      entry.rest_until = this.#now + REST_SECONDS * (entry.record.pid % 16) / 16;
    } else if (entry.unchanged_reads > STILL_READINGS) {
      // The last pass within the time; a hair less, as timers are late now and then.
      entry.rest_until = this.#now + REST_SECONDS - 0.99 * this.#gap;
    }
  }

  /** Takes that a process is gone. */
  lose(entry: ProcessEntry): void {
    this.#seen -= entry.record.anon_bytes;
  }

  /** Whether the machine's anonymous memory moved by more than those that were read. null: unknown, and no question. */
  missed(anonBytes: number | null): boolean {
    this.#moved = this.#total === null || anonBytes === null ? 0 : anonBytes - this.#total;
    this.#total = anonBytes;
    return this.#now >= this.#blindUntil && this.#isUnseen();
  }

  /**
   * Takes that everybody was read after all. Where that explains nothing, the memory is nobody's that we see: of another pid
   * namespace, or of processes too short-lived. Asking again at once would only make everybody be read at every pass.
   */
  settle(): void {
    if (this.#isUnseen()) this.#blindUntil = this.#now + REST_SECONDS;
  }

  #isUnseen(): boolean {
    return Math.abs(this.#moved - this.#seen) > UNSEEN_BYTES;
  }
}
