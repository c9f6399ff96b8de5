import { emptyProcess } from "../../model/empty_records.ts";
import type { KeptFile } from "../kept_file.ts";
import type { ProcessSample } from "../../model/sample.ts";

/** What the table keeps about one process beside the record that it shows. */
export interface ProcessEntry {
  readonly record: ProcessSample;
  readonly directory: string;
  /** Where statm, status and descriptors are read: the same, but for a dead first thread (live_thread.ts). */
  memory_directory: string;
  /** Kept open on statm; null: open, read, close at every pass. */
  statm: KeptFile | null;
  /** Pass in which /proc last listed it. */
  listed_in_pass: number;
  name_hash: number;
  start_stack: number;
  text_pages: number;
  /** A suspect: read first and deeper. */
  focused: boolean;
  /** When (seconds, monotonic) stat, and status with the descriptors, are due again. */
  stat_due: number;
  status_due: number;
  /** When status itself was read; descriptors are counted more often. */
  status_at: number;
  /**
   * When statm was read and when it last showed a change, how often in a row it has shown none, and until when it need not
   * be read (rest.ts).
   */
  read_at: number;
  moved_at: number;
  unchanged_reads: number;
  stale_until: number;
  /** It grows fast, or may: until then it is read at each pass. */
  watched_until: number;
}

export function newEntry(directory: string, pid: number, startTicks: number): ProcessEntry {
  return {
    directory,
    memory_directory: directory,
    statm: null,
    listed_in_pass: 0,
    name_hash: 0,
    start_stack: 0,
    text_pages: 0,
    focused: false,
    stat_due: 0,
    status_due: 0,
    status_at: -Infinity,
    read_at: -Infinity,
    moved_at: -Infinity,
    unchanged_reads: 0,
    stale_until: -Infinity,
    watched_until: -Infinity,
    record: emptyProcess(pid, startTicks),
  };
}

/** Drops what was read about the program before: exec kept the pid, but this is another program. */
export function forgetProgram(record: ProcessSample): void {
  record.exec_count++;
  record.pss_bytes =
    record.uss_bytes =
    record.mappings =
    record.descriptor_kinds =
      null;
}
