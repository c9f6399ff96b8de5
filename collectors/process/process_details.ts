import { DescriptorCounter } from "./descriptor_count.ts";
import type { ProcessEntry } from "./process_entry.ts";
import type { SmallFileReader } from "../small_file_reader.ts";
import { readCommand, readExecutable } from "../procfs/cmdline.ts";
import { parseOpenFilesLimit } from "../procfs/limits.ts";
import { emptyStatus, parseStatus } from "../procfs/status.ts";
import { Users } from "./users.ts";

const STATUS_EVERY_SECONDS = 15;
/** The status of a process that holds still is read this often: what changes without its pages is its user. */
const STATUS_AT_REST_EVERY_SECONDS = 60;

/** What is read more seldom than statm and stat: status and the number of descriptors, and what the program is. */
export class ProcessDetails {
  readonly #status = emptyStatus();
  readonly #descriptors: DescriptorCounter;
  readonly #users: Users;
  readonly #reader: SmallFileReader;

  constructor(
    proc: string,
    reader: SmallFileReader,
    readonly status_every_seconds = STATUS_EVERY_SECONDS,
  ) {
    this.#reader = reader;
    this.#descriptors = new DescriptorCounter(proc);
    this.#users = new Users(proc);
  }

  /** Counts the descriptors, and reads status where it can have changed; again so many times later than usual. */
  refresh(entry: ProcessEntry, nowSeconds: number, force: boolean, stretch = 1): void {
    const stale = entry.moved_at < entry.status_at &&
      nowSeconds - entry.status_at < STATUS_AT_REST_EVERY_SECONDS;
    if (force || !stale) this.takeStatus(entry, nowSeconds);
    else {
      entry.record.open_descriptors = this.#descriptors.count(entry.memory_directory);
    }
    entry.status_due = nowSeconds + this.status_every_seconds * stretch;
  }

  /** "thread": the directory is that of a thread other than a process's first. */
  takeStatus(entry: ProcessEntry, nowSeconds: number): "process" | "thread" {
    const { record } = entry;
    entry.status_due = nowSeconds + this.status_every_seconds;
    entry.status_at = nowSeconds;
    const cursor = this.#reader.readOrNull(`${entry.memory_directory}/status`);
    if (cursor !== null) {
      const status = this.#status;
      parseStatus(cursor, status);
      if (status.process_id !== null && status.process_id !== record.pid) return "thread";
      record.peak_rss_bytes = status.peak_rss_bytes;
      // Read more often than stat, which has it too.
      record.threads = status.threads ?? record.threads;
      record.shmem_bytes = status.shmem_bytes;
      record.page_tables_bytes = status.page_tables_bytes;
      record.swap_bytes = status.swap_bytes;
      if (status.uid !== null && (status.uid !== record.uid || record.user === "")) {
        record.uid = status.uid;
        record.user = this.#users.nameOf(status.uid);
      }
    }
    record.open_descriptors = this.#descriptors.count(entry.memory_directory);
    return "process";
  }

  /** What holds for as long as the program runs; read once, and again after an exec. */
  readExecutable(entry: ProcessEntry): void {
    const { record, memory_directory: directory } = entry;
    if (record.is_kernel_thread) return;
    record.command = readCommand(this.#reader, directory);
    record.executable = readExecutable(directory);
    const limits = this.#reader.readOrNull(`${directory}/limits`);
    record.descriptor_limit = limits === null ? null : parseOpenFilesLimit(limits);
  }
}
