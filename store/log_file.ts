/**
 * One log that is appended to: whole lines, rotation by size, and errors that never reach the sampler.
 *
 * A file that cannot be written (full disk, I/O error, read-only or vanished directory) is given up until the next flush
 * tries again; meanwhile lines wait in a bounded backlog, oldest dropped and counted. What was half written when the disk
 * filled is cut off again, so that the file always ends with a whole line.
 */

import fs from "node:fs";
import { dirname } from "node:path";
import { exists, openForAppend, remakeDirectory, writeErrorReason, writeWhole } from "./files.ts";
import { MAX_LINE_BYTES } from "./csv.ts";

/** Lines that wait for a file that cannot be written. */
const BACKLOG_BYTES = 256 * 1024;

export interface LogError {
  /** Full path. */
  file: string;
  why: string;
  since_seconds: number;
  /** Lines dropped so far because the backlog was full. */
  lost_lines: number;
}

export interface LogFileOptions {
  path: string;
  /** First line of every segment; empty for a log without one. */
  header: string;
  rotate_bytes: number;
  /** Called with each segment that was closed and renamed. */
  onSegment?: (path: string) => void;
}

export class LogFile {
  readonly path: string;
  error: LogError | null = null;
  readonly #options: LogFileOptions;
  readonly #encoder = new TextEncoder();
  #file: number | null = null;
  #inode = 0;
  #bytes = 0;
  #segment = 0;
  #pending: string[] = [];
  #pendingLength = 0;
  #lostLines = 0;
  #dirty = false;
  #isSyncing = false;

  constructor(options: LogFileOptions) {
    this.path = options.path;
    this.#options = options;
  }

  /** Takes whole lines, each ended by a newline; they are written by the next flush. */
  append(lines: string): void {
    this.#pending.push(lines);
    this.#pendingLength += lines.length;
    if (!this.error) return;
    while (this.#pendingLength > BACKLOG_BYTES && this.#pending.length > 1) {
      const dropped = this.#pending.shift()!;
      this.#pendingLength -= dropped.length;
      this.#lostLines += dropped.split("\n").length - 1;
      this.error.lost_lines = this.#lostLines;
    }
  }

  /** Writes what is pending. Never throws: an error is kept in `error`, and cleared after the first success. */
  flush(nowSeconds: number): void {
    if (this.#pending.length === 0 && this.#file !== null) return;
    try {
      this.#reopenIfNeeded();
      if (this.#pending.length > 0) this.#write(this.#pending.join(""));
      this.#pending = [];
      this.#pendingLength = 0;
      this.#lostLines = 0;
      this.error = null;
    } catch (error) {
      this.#fail(error, nowSeconds);
    }
  }

  /**
   * Asks the kernel to put on disk what was written since the last call; does not wait. A disk that has yet to answer is not
   * asked again. What it could not keep is an error until the next flush that writes.
   */
  sync(nowSeconds: number): void {
    const file = this.#file;
    if (file === null || !this.#dirty || this.#isSyncing) return;
    this.#dirty = false;
    this.#isSyncing = true;
    fs.fdatasync(file, (error) => {
      this.#isSyncing = false;
      // One that was closed meanwhile has been synced by #retire or belongs to a session that is over.
      if (error && file === this.#file) this.#fail(error, nowSeconds);
    });
  }

  close(nowSeconds: number): void {
    this.flush(nowSeconds);
    if (this.#file !== null) {
      try {
        fs.fdatasyncSync(this.#file);
      } catch { /* the rows are with the kernel; nothing more can be done here */ }
    }
    this.#close();
  }

  #fail(error: unknown, nowSeconds: number): void {
    this.#close();
    this.error = {
      file: this.path,
      why: writeErrorReason(error),
      since_seconds: this.error?.since_seconds ?? nowSeconds,
      lost_lines: this.#lostLines,
    };
  }

  #write(text: string): void {
    const bytes = this.#encoder.encode(text);
    const headerBytes = this.#options.header ? this.#options.header.length + 1 : 0;
    if (this.#bytes > headerBytes && this.#bytes + bytes.length > this.#options.rotate_bytes) this.#rotate();
    this.#put(bytes);
  }

  /** Writes at the end; what a failure wrote half is cut off. */
  #put(bytes: Uint8Array): void {
    try {
      writeWhole(this.#file!, bytes);
    } catch (error) {
      try {
        fs.ftruncateSync(this.#file!, this.#bytes);
      } catch { /* reopening cuts a torn line too */ }
      throw error;
    }
    this.#bytes += bytes.length;
    this.#dirty = true;
  }

  /** Notices a file that was removed, renamed or emptied by somebody else, and one that an error has closed. */
  #reopenIfNeeded(): void {
    if (this.#file !== null) {
      const now = fs.lstatSync(this.path, { throwIfNoEntry: false });
      if (now?.ino === this.#inode && now.size === this.#bytes) return;
      this.#close();
      // Only a directory of ours that vanished beneath us is made again.
      if (!now) remakeDirectory(dirname(this.path));
    } else if (this.error) {
      remakeDirectory(dirname(this.path));
    }
    this.#open();
  }

  #open(): void {
    const { file, stat: { ino, size } } = openForAppend(this.path);
    this.#file = file;
    this.#inode = ino;
    this.#bytes = wholeLinesLength(file, size);
    if (this.#bytes < size) fs.ftruncateSync(file, this.#bytes);
    if (this.#bytes === 0 && this.#options.header) {
      this.#put(this.#encoder.encode(this.#options.header + "\n"));
    }
  }

  #close(): void {
    if (this.#file === null) return;
    try {
      fs.closeSync(this.#file);
    } catch { /* EIO on close: the descriptor is gone all the same */ }
    this.#file = null;
  }

  /** Closes a file that nothing is written to any more, once it is on the disk; does not wait. */
  #retire(): void {
    const file = this.#file!;
    this.#file = null;
    this.#dirty = false;
    fs.fdatasync(file, () => fs.close(file, () => {}));
  }

  #rotate(): void {
    do this.#segment++; while (this.#taken(`${this.path}.${this.#segment}`));
    const segment = `${this.path}.${this.#segment}`;
    fs.renameSync(this.path, segment);
    this.#retire();
    this.#open();
    this.#options.onSegment?.(segment);
  }

  #taken(path: string): boolean {
    return exists(path) || exists(`${path}.gz`);
  }
}

/** Length of the file up to its last newline. Throws where there is none within a line's greatest length: no log of ours. */
function wholeLinesLength(file: number, size: number): number {
  const block = new Uint8Array(64 * 1024), least = Math.max(0, size - MAX_LINE_BYTES);
  for (let end = size; end > least; end -= block.length) {
    const start = Math.max(0, end - block.length);
    const count = fs.readSync(file, block, 0, end - start, start);
    const newline = block.subarray(0, count).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
  }
  if (least > 0) throw new Error("what is in its place is not a log");
  return 0;
}
