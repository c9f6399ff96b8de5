import type { SmallFileReader } from "../small_file_reader.ts";
import type { ByteCursor } from "../byte_cursor.ts";
import { type KeptFile, openKept } from "../kept_file.ts";

/** After this long /proc is listed again even if no process seems to be new (pids can be chosen: clone3 with set_tid). */
const LIST_AT_LEAST_EVERY_SECONDS = 10;

/**
 * Up to so many new pids, of those listed last, are looked at one by one; beyond that listing /proc is cheaper. Many of them
 * are gone already, and a missing file costs some 20 µs here against 3 µs for each line of a listing.
 */
const CHECKED_SHARE = 1 / 20;

/** The pid given last, fifth field of /proc/loadavg. NaN where it is missing. */
export function parseLastPid(cursor: ByteCursor): number {
  let last = NaN;
  for (;;) {
    const value = cursor.nextNumber();
    if (Number.isNaN(value)) return last;
    last = value;
  }
}

/** What `pids` holds: every pid, only those that the kernel has given out since, or nothing new. */
export type Listing = "all" | "new" | "none";

/**
 * Which pids exist. Listing /proc costs as much as reading every statm, so it is listed only when the kernel has given
 * out many pids since; that processes are gone shows when they are read.
 */
export class PidList {
  readonly pids: number[] = [];
  /** The last pid given, now and at the pass before; NaN where it is unknown. */
  lastPid = NaN;
  previousLastPid = NaN;
  #listedAt = -Infinity;
  #listed = 0;
  #loadavg: KeptFile | null = null;

  constructor(readonly proc: string, readonly reader: SmallFileReader, readonly isLive: boolean) {
    // /proc/loadavg speaks of the reader's pid namespace, which need not be that of another tree.
    if (isLive) {
      try {
        this.#loadavg = openKept(`${proc}/loadavg`);
      } catch {
        // Then /proc is listed at every pass.
      }
    }
  }

  /**
   * Renews `pids` where that is needed. Of those that are only new, some may be threads or gone already. Throws where /proc
   * cannot be listed.
   */
  refresh(nowSeconds: number, always: boolean): Listing {
    this.previousLastPid = this.lastPid;
    if (this.#loadavg !== null) this.lastPid = parseLastPid(this.reader.reread(this.#loadavg));
    const given = this.lastPid - this.previousLastPid;
    const few = given >= 0 && given <= this.#listed * CHECKED_SHARE;
    this.pids.length = 0;
    if (few && !always && nowSeconds - this.#listedAt < LIST_AT_LEAST_EVERY_SECONDS) {
      for (let pid = this.previousLastPid + 1; pid <= this.lastPid; pid++) this.pids.push(pid);
      return given === 0 ? "none" : "new";
    }
    this.#listedAt = nowSeconds;
    for (const { name } of Deno.readDirSync(this.proc)) {
      const first = name.charCodeAt(0);
      if (first >= 49 && first <= 57) {
        const pid = Number(name);
        if (Number.isSafeInteger(pid)) this.pids.push(pid);
      }
    }
    // The kernel lists pids in order; a recorded tree comes in whatever order its file system has.
    if (!this.isLive) this.pids.sort((a, b) => a - b);
    this.#listed = this.pids.length;
    return "all";
  }

  /** Whether this pid may have been given to another process since the pass before. */
  mayBeReused(pid: number): boolean {
    const from = this.previousLastPid;
    const to = this.lastPid;
    if (Number.isNaN(from) || Number.isNaN(to)) return true;
    return from <= to ? pid > from && pid <= to : pid > from || pid <= to;
  }

  close(): void {
    this.#loadavg?.close();
    this.#loadavg = null;
  }
}
