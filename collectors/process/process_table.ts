import type { AuxiliaryVector } from "../procfs/auxv.ts";
import { readAuxv } from "../procfs/auxv.ts";
import { textOf } from "../byte_cursor.ts";
import { HandleBudget } from "./handle_budget.ts";
import { liveThreadDirectory } from "./thread_group.ts";
import { PidList } from "./pid_list.ts";
import { ProcessDetails } from "./process_details.ts";
import type { ProcessEntry } from "./process_entry.ts";
import { forgetProgram, newEntry } from "./process_entry.ts";
import { SmallFileReader } from "../small_file_reader.ts";
import { emptyStat, KERNEL_THREAD_FLAG, parseStat } from "../procfs/stat.ts";
import type { Statm } from "../procfs/statm.ts";
import { parseStatm } from "../procfs/statm.ts";
import { ParseError } from "../fs.ts";
import { AdaptiveSampling } from "./adaptive_sampling.ts";
import type { ProcessSample } from "../../model/sample.ts";

/** stat tells state, faults and processor time; ten seconds late is early enough for all of them, and thirty at rest. */
const STAT_EVERY_SECONDS = 10;
const STAT_AT_REST_EVERY_SECONDS = 30;
/** Two readings this near each other: no pid can have been given out twice between them. */
const NEAR_PASSES_SECONDS = 2;

/** How a reading ended: "unread" where the process is there and it is we who could not read (no descriptor left). */
type Reading = "read" | "gone" | "unread";

/** ESRCH is Linux's 3; Deno has no name for it. What hidepid hides from now on is gone for us. */
function readingOf(error: unknown): Reading {
  const isGone = error instanceof ParseError || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied || /os error 3\)|^Error: ESRCH/.test(String(error));
  return isGone ? "gone" : "unread";
}

/**
 * Every process, read in place: after the first pass a pass allocates nothing and opens nothing for the processes whose
 * statm is kept open. Identity is (pid, start_ticks): a kept file fails with ESRCH once its process is gone, and one that
 * is opened anew has its start time checked wherever its pid may have been given to another process.
 */
export class ProcessTable {
  /** The records, in the order of appearance; the same array for the table's whole life. */
  readonly records: ProcessSample[] = [];
  /** Processes that the last listing showed and the kernel would not let us read. */
  hidden = 0;

  readonly entries: ProcessEntry[] = [];
  readonly #byPid = new Map<number, ProcessEntry>();
  readonly #reader = new SmallFileReader();
  readonly #statm: Statm = { size_pages: 0, resident_pages: 0, shared_pages: 0, text_pages: 0 };
  readonly #stat = emptyStat();
  readonly #list: PidList;
  readonly #details: ProcessDetails;
  readonly #auxv: AuxiliaryVector;
  readonly #handles: HandleBudget;
  readonly #adaptive: AdaptiveSampling;
  readonly #skipsStale: boolean;
  #pass = 0;
  #listAgain = false;

  constructor(
    readonly proc: string,
    options: {
      max_kept_handles?: number;
      status_every_seconds?: number;
      skip_stale?: boolean;
      /** Share of one processor that leakwatch aims to take. */
      cpu_budget?: number;
      /** The tree is the running machine's own. */
      is_live?: boolean;
    } = {},
  ) {
    this.#list = new PidList(proc, this.#reader, options.is_live ?? false);
    this.#details = new ProcessDetails(proc, this.#reader, options.status_every_seconds);
    this.#auxv = readAuxv(proc);
    this.#handles = new HandleBudget(options.max_kept_handles);
    this.#skipsStale = options.skip_stale ?? false;
    this.#adaptive = new AdaptiveSampling(options.cpu_budget);
  }

  get kept_handles(): number {
    return this.#handles.kept;
  }

  /**
   * Brings the records up to date. `force` reads also what is not due yet.
   * @param bootedAtSeconds Unix seconds of the boot, from which the start times follow.
   * @param anonBytes Anonymous memory of the whole machine, to notice what moved unseen; null where it is unknown.
   */
  scan(
    nowSeconds: number,
    bootedAtSeconds: number,
    force = false,
    anonBytes: number | null = null,
  ): void {
    this.#pass++;
    this.#adaptive.begin(nowSeconds);
    const listing = this.#list.refresh(nowSeconds, force || this.#listAgain);
    this.#listAgain = false;
    if (listing === "all") this.#dropUnlisted();

    if (this.#skipsStale && !force) this.#adaptive.choose(this.entries);
    else for (const { record } of this.entries) record.is_stale = false;
    this.#refreshAll("chosen", nowSeconds, force);
    if (listing !== "none") this.#addNew(nowSeconds, bootedAtSeconds, listing === "all");
    if (this.#skipsStale && this.#adaptive.unexplainedChange(anonBytes)) {
      this.#refreshAll("others", nowSeconds, force);
      this.#adaptive.acknowledge();
    }
    this.#handles.rebalance(this.entries, nowSeconds);
    this.records.length = this.entries.length;
    for (let i = 0; i < this.entries.length; i++) this.records[i] = this.entries[i]!.record;
  }

  /** Names the suspects: their handles are kept first, and they are read deeper. Replaces those named before. */
  focus(pids: Iterable<number>): void {
    for (const entry of this.entries) entry.focused = false;
    for (const pid of pids) {
      const entry = this.#byPid.get(pid);
      if (entry !== undefined) entry.focused = true;
    }
  }

  close(): void {
    for (const entry of this.entries) this.#handles.release(entry);
    this.#list.close();
    this.entries.length = this.records.length = 0;
    this.#byPid.clear();
  }

  /** Reads those whom this pass does not leave out, or then these others; forgets who is gone. */
  #refreshAll(who: "chosen" | "others", nowSeconds: number, force: boolean): void {
    const isStale = who === "others", begin = performance.now();
    let kept = 0, read = 0;
    for (const entry of this.entries) {
      if (entry.record.is_stale === isStale) {
        if (!entry.record.is_kernel_thread) read++;
        if (!this.#refresh(entry, nowSeconds, force)) {
          this.#forget(entry);
          continue;
        }
      }
      this.entries[kept++] = entry;
    }
    this.entries.length = kept;
    this.#adaptive.budget.measured(read, (performance.now() - begin) / 1000);
  }

  #dropUnlisted(): void {
    for (const pid of this.#list.pids) {
      const entry = this.#byPid.get(pid);
      if (entry !== undefined) entry.listed_in_pass = this.#pass;
    }
    let kept = 0;
    for (const entry of this.entries) {
      if (entry.listed_in_pass === this.#pass) this.entries[kept++] = entry;
      else this.#forget(entry);
    }
    this.entries.length = kept;
  }

  #addNew(nowSeconds: number, bootedAtSeconds: number, isAll: boolean): void {
    if (isAll) this.hidden = 0;
    for (const pid of this.#list.pids) {
      if (this.#byPid.has(pid)) continue;
      const entry = this.#add(pid, nowSeconds, bootedAtSeconds);
      if (entry === null) continue;
      this.#byPid.set(pid, entry);
      this.entries.push(entry);
    }
  }

  #forget(entry: ProcessEntry): void {
    this.#adaptive.remove(entry);
    this.#handles.release(entry);
    this.#byPid.delete(entry.record.pid);
  }

  /** First look at a process; null when it is gone already or hidden. */
  #add(pid: number, nowSeconds: number, bootedAtSeconds: number): ProcessEntry | null {
    const directory = `${this.proc}/${pid}`;
    try {
      parseStat(this.#reader.read(`${directory}/stat`), this.#stat);
    } catch (error) {
      if (error instanceof Deno.errors.PermissionDenied) this.hidden++;
      if (error instanceof ParseError) throw error;
      return null;
    }
    const entry = newEntry(directory, pid, this.#stat.start_ticks);
    const { record } = entry;
    record.started_at_seconds = bootedAtSeconds + record.start_ticks / this.#auxv.clock_ticks_per_second;
    entry.read_at = nowSeconds;
    this.#takeStat(entry, nowSeconds);
    // Neighbours become due at different passes, so that no pass carries the load of all.
    const phase = (pid % 16) / 16;
    entry.stat_due = nowSeconds + STAT_EVERY_SECONDS * (0.5 + phase / 2);
    // /proc/TID is there for a thread too, though no listing shows it.
    if (this.#details.takeStatus(entry, nowSeconds) === "thread") return null;
    entry.status_due = nowSeconds + this.#details.status_every_seconds * (0.5 + phase / 2);
    this.#details.readExecutable(entry);
    if (record.is_kernel_thread) return entry;
    if (this.#handles.keep(entry) === "gone") return null;
    if (this.#readStatm(entry) !== "read") {
      this.#handles.release(entry);
      return null;
    }
    entry.text_pages = this.#statm.text_pages;
    if (record.state === "Z" && record.threads! > 1 && this.#readStatmOfAnotherThread(entry)) {
      // What was read a moment ago was the dead thread's.
      this.#details.takeStatus(entry, nowSeconds);
      this.#details.readExecutable(entry);
    }
    this.#markExiting(entry);
    return entry;
  }

  /**
   * No address space: a zombie, or one that is just being torn down. That is no release of memory, so the state says at
   * once that the zeros are not to be judged.
   */
  #markExiting(entry: ProcessEntry): void {
    const { record, directory, memory_directory } = entry;
    if (this.#statm.size_pages === 0) {
      if (record.state !== "Z") record.state = "X";
      // Its statm will tell nothing any more; hundreds of unwaited-for children must not take the descriptors of the living.
      this.#handles.release(entry);
    } else if (record.state === "Z" && memory_directory !== directory) record.state = "S";
  }

  /** Turns to another thread of the process once the one that was read has ended; false where there is none. */
  #readStatmOfAnotherThread(entry: ProcessEntry): boolean {
    const directory = liveThreadDirectory(entry.directory, entry.record.pid);
    if (directory === null || directory === entry.memory_directory) return false;
    this.#handles.release(entry);
    entry.memory_directory = directory;
    return this.#handles.keep(entry) !== "gone" && this.#readStatm(entry) === "read";
  }

  /** False when the process is gone (or its pid is another's now). */
  #refresh(entry: ProcessEntry, nowSeconds: number, force: boolean): boolean {
    const { record } = entry;
    if (record.is_kernel_thread) {
      // No memory of its own to watch: stat alone, for state and processor time.
      return force || nowSeconds >= entry.stat_due ? this.#refreshStat(entry, nowSeconds) : true;
    }
    const rested = entry.stale_until > -Infinity,
      isLongAgo = nowSeconds - entry.read_at > NEAR_PASSES_SECONDS;
    const reading = this.#readStatm(entry);
    if (reading === "unread") {
      record.is_stale = true;
      return true;
    }
    if (reading === "gone" && !this.#readStatmOfAnotherThread(entry)) {
      this.#listAgain = true;
      return false;
    }
    entry.read_at = nowSeconds;
    record.is_stale = false;
    const moved = entry.unchanged_reads === 0;
    const statDue = force || (rested && moved) ||
      nowSeconds >= entry.stat_due + this.#statDelay(entry, moved);
    const otherProgram = this.#statm.text_pages !== entry.text_pages;
    const maybeReused = entry.statm === null && (isLongAgo || this.#list.mayBeReused(record.pid));
    const ending = this.#statm.size_pages === 0 && record.state !== "Z";
    if (statDue || otherProgram || maybeReused || ending) {
      if (this.#statm.size_pages > 0) entry.text_pages = this.#statm.text_pages;
      if (!this.#refreshStat(entry, nowSeconds, otherProgram)) return false;
    }
    if (ending && record.state === "Z" && record.threads! > 1) this.#readStatmOfAnotherThread(entry);
    if (force || nowSeconds >= entry.status_due) {
      this.#details.refresh(entry, nowSeconds, force, entry.focused ? 1 : this.#adaptive.budget.stretch);
    }
    this.#markExiting(entry);
    return true;
  }

  /** How much later than usual stat is read: of whom holds still, and of many. */
  #statDelay({ focused }: ProcessEntry, moved: boolean): number {
    if (focused) return 0;
    const usual = moved ? STAT_EVERY_SECONDS : STAT_AT_REST_EVERY_SECONDS;
    return usual * this.#adaptive.budget.stretch - STAT_EVERY_SECONDS;
  }

  #readStatm(entry: ProcessEntry): Reading {
    const { record } = entry;
    const statm = this.#statm;
    try {
      const cursor = entry.statm === null
        ? this.#reader.read(`${entry.memory_directory}/statm`)
        : this.#reader.reread(entry.statm);
      parseStatm(cursor, statm);
    } catch (error) {
      return readingOf(error);
    }
    const page = this.#auxv.page_bytes;
    const vsz = statm.size_pages * page,
      rss = statm.resident_pages * page,
      shared = statm.shared_pages * page;
    const anon = Math.max(0, rss - shared);
    const moved = vsz !== record.vsz_bytes || rss !== record.rss_bytes || shared !== record.shared_bytes;
    this.#adaptive.record(entry, moved, anon - record.anon_bytes);
    record.vsz_bytes = vsz;
    record.rss_bytes = rss;
    record.shared_bytes = shared;
    record.anon_bytes = anon;
    return "read";
  }

  #refreshStat(entry: ProcessEntry, nowSeconds: number, otherText = false): boolean {
    const stat = this.#stat;
    try {
      parseStat(this.#reader.read(`${entry.directory}/stat`), stat);
    } catch (error) {
      if (readingOf(error) === "unread") return true;
      this.#listAgain = true;
      return false;
    }
    if (stat.start_ticks !== entry.record.start_ticks) {
      this.#listAgain = true;
      return false;
    }
    const executed = stat.start_stack !== 0 && entry.start_stack !== 0
      // Each exec puts the stack elsewhere, while a program that only renames itself stays.
      ? stat.start_stack !== entry.start_stack
      : otherText || stat.name_hash !== entry.name_hash;
    this.#takeStat(entry, nowSeconds);
    const { record } = entry;
    // An ending process loses its code and its stack, and kernel threads rename themselves all the time: no exec either.
    if (executed && !record.is_kernel_thread && this.#statm.size_pages > 0) {
      forgetProgram(record);
      this.#details.readExecutable(entry);
      this.#details.takeStatus(entry, nowSeconds);
    }
    return true;
  }

  /** Copies what stat holds into the record. The stat's name still lies in the buffer. */
  #takeStat(entry: ProcessEntry, nowSeconds: number): void {
    const stat = this.#stat;
    const { record } = entry;
    if (stat.name_hash !== entry.name_hash) {
      record.name = textOf(this.#reader.cursor.bytes.subarray(stat.name_begin, stat.name_end));
      entry.name_hash = stat.name_hash;
    }
    if (stat.state_code !== record.state.charCodeAt(0)) record.state = String.fromCharCode(stat.state_code);
    if (stat.start_stack !== 0) entry.start_stack = stat.start_stack;
    record.ppid = stat.ppid;
    record.is_kernel_thread = (stat.flags & KERNEL_THREAD_FLAG) !== 0;
    record.threads = stat.threads;
    record.minor_faults = stat.minor_faults;
    record.major_faults = stat.major_faults;
    record.cpu_seconds = (stat.user_ticks + stat.system_ticks) / this.#auxv.clock_ticks_per_second;
    entry.stat_due = nowSeconds + STAT_EVERY_SECONDS;
  }
}
