import { emptyProcess } from "../../model/empty_records.ts";
import type { ProcessSample, Sample } from "../../model/sample.ts";
import { STATE_ENDED } from "../tables/processes.ts";
import type { LazyRow } from "../table_reader.ts";
import type { TableCursor } from "./table_cursor.ts";

/** A live process that holds still is read again after this long (collectors/process/adaptive_sampling.ts). */
const REST_SECONDS = 5;
/** Every process has a row as often as this. */
const MAX_SILENT_SECONDS = 3700;
/** Recordings without the last row of a process that ends: one is gone after this many times its usual silence. */
const USUAL_SILENCES = 3, MIN_SILENT_SECONDS = 60;

interface Held {
  process: ProcessSample;
  first_at: number;
  rows: number;
  /** Its newest row, and when it last counted as read, on the samples' time axis. */
  row_at: number;
  observed_at: number;
}

/**
 * The processes of a recording. One without a row in a sample has not changed: it keeps its values, as one that holds still
 * does when it is watched, until its last row says that it has ended.
 */
export class HeldProcesses {
  readonly #byPid = new Map<number, Held>();
  /** By the PID as it stands in the row, its second field. */
  readonly #newest = new Map<string, LazyRow>();
  #processes: ProcessSample[] = [];
  #isNewList = false;
  #hasEnds = true;

  /** Takes the cursor's row; of each process only the newest one is looked at when the sample is written. */
  take(cursor: TableCursor): void {
    const row = cursor.head as LazyRow;
    const start = row.line.indexOf(",") + 1;
    this.#newest.set(row.line.slice(start, row.line.indexOf(",", start)), row);
  }

  #read(cursor: TableCursor, row: LazyRow, now: number): void {
    const cell = (column: string) => cursor.cell(column, row);
    const pid = Number(cell("PID")), started = Date.parse(cell("Start_Time"));
    if (!Number.isInteger(pid) || Number.isNaN(started)) return;
    this.#hasEnds = cursor.has("Exec_Count");
    // Ticks of 10 ms since 1970 where the recording has none since boot: unique just as well.
    const startTicks = Number(cell("Start_Ticks")) || Math.round(started / 10);
    const execCount = Number(cell("Exec_Count"));
    let held = this.#byPid.get(pid);
    if (cell("State") === STATE_ENDED) {
      if (held?.process.start_ticks === startTicks) this.#remove(pid);
      return;
    }
    if (!held || held.process.start_ticks !== startTicks || held.process.exec_count !== execCount) {
      held = {
        process: emptyProcess(pid, startTicks),
        first_at: now,
        rows: 0,
        row_at: now,
        observed_at: now,
      };
      this.#byPid.set(pid, held);
      this.#isNewList = true;
    }
    const { process } = held;
    cursor.restore({ process }, row);
    process.start_ticks = startTicks;
    process.shared_bytes = Math.max(0, process.rss_bytes - process.anon_bytes);
    // Only kernel threads have no address space; a zombie has lost its own.
    if (process.state !== "Z") process.is_kernel_thread = process.vsz_bytes === 0;
    held.rows++;
    held.row_at = now;
  }

  get(pid: number): ProcessSample | undefined {
    return this.#byPid.get(pid)?.process;
  }

  /** Writes the processes into the sample, those without a row as stale. */
  writeTo(sample: Sample, cursor: TableCursor): void {
    const now = sample.time_seconds;
    for (const row of this.#newest.values()) this.#read(cursor, row, now);
    this.#newest.clear();
    for (const held of this.#byPid.values()) {
      const isRead = held.row_at === now || now - held.observed_at >= REST_SECONDS;
      held.process.is_stale = !isRead;
      if (isRead) held.observed_at = now;
      if (now - held.row_at > this.#silence(held)) this.#remove(held.process.pid);
    }
    if (this.#isNewList) this.#processes = [...this.#byPid.values()].map(({ process }) => process);
    this.#isNewList = false;
    sample.processes = this.#processes;
  }

  #silence({ first_at, row_at, rows }: Held): number {
    if (this.#hasEnds || rows < 2) return MAX_SILENT_SECONDS;
    const usual = USUAL_SILENCES * (row_at - first_at) / (rows - 1);
    return Math.min(MAX_SILENT_SECONDS, Math.max(MIN_SILENT_SECONDS, usual));
  }

  #remove(pid: number): void {
    if (this.#byPid.delete(pid)) this.#isNewList = true;
  }
}
