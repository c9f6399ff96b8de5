/** Cuts chunks of bytes into lines without copying them; a line without end costs a mebibyte, not the machine. */

import { MAX_LINE_BYTES } from "./csv.ts";

const NEW_LINE = 10;

/** A line's bytes, its newline left out; good until the next push. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

export class LineSplitter {
  /** Lines that were longer than MAX_LINE_BYTES: left out. */
  overlong = 0;
  /** The beginning of a line whose end has not come yet. */
  #rest: Uint8Array = new Uint8Array(256);
  #restLength = 0;
  #skipping = false;

  push(chunk: Uint8Array, onLine: OnLine): void {
    let start = 0;
    if (this.#skipping || this.#restLength > 0) {
      const end = chunk.indexOf(NEW_LINE);
      if (!this.#keep(chunk, 0, end < 0 ? chunk.length : end)) this.#restLength = 0;
      if (end < 0) return;
      if (!this.#skipping) onLine(this.#rest, 0, this.#restLength);
      this.#skipping = false;
      this.#restLength = 0;
      start = end + 1;
    }
    for (let end = chunk.indexOf(NEW_LINE, start); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      if (end - start <= MAX_LINE_BYTES) onLine(chunk, start, end);
      else this.overlong++;
      start = end + 1;
    }
    this.#keep(chunk, start, chunk.length);
  }

  /** What stands behind the last newline; empty where that line is too long. */
  rest(): Uint8Array {
    return this.#rest.subarray(0, this.#restLength);
  }

  /** Copies the part of a line, for the next chunk comes in the same buffer. False where the line is too long. */
  #keep(chunk: Uint8Array, start: number, end: number): boolean {
    if (this.#skipping) return false;
    const length = this.#restLength + end - start;
    if (length > MAX_LINE_BYTES) {
      this.#skipping = true;
      this.#restLength = 0;
      this.overlong++;
      return false;
    }
    if (length > this.#rest.length) {
      const grown = new Uint8Array(Math.min(MAX_LINE_BYTES, 2 * length));
      grown.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = grown;
    }
    this.#rest.set(chunk.subarray(start, end), this.#restLength);
    this.#restLength = length;
    return true;
  }
}
