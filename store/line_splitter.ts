/** Cuts chunks of bytes into lines without copying them; a line without end costs a mebibyte, not the machine. */

import { MAX_LINE_BYTES } from "./csv.ts";

const NEW_LINE = 10;

/** A line's bytes, its newline left out; good until the next push. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

export class LineSplitter {
  /** The beginning of a line whose end has not come yet. */
  #rest: Uint8Array = new Uint8Array(256);
  #restLength = 0;
  #skipping = false;

  /** `onOverlong` is called in place of `onLine` for a line of more than MAX_LINE_BYTES, as soon as that is known. */
  push(chunk: Uint8Array, onLine: OnLine, onOverlong: () => void = () => {}): void {
    let start = 0;
    if (this.#skipping || this.#restLength > 0) {
      const end = chunk.indexOf(NEW_LINE);
      this.#keep(chunk, 0, end < 0 ? chunk.length : end, onOverlong);
      if (end < 0) return;
      if (!this.#skipping) onLine(this.#rest, 0, this.#restLength);
      this.#skipping = false;
      this.#restLength = 0;
      start = end + 1;
    }
    for (let end = chunk.indexOf(NEW_LINE, start); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      if (end - start <= MAX_LINE_BYTES) onLine(chunk, start, end);
      else onOverlong();
      start = end + 1;
    }
    this.#keep(chunk, start, chunk.length, onOverlong);
  }

  /** What stands behind the last newline; empty where that line is too long. */
  rest(): Uint8Array {
    return this.#rest.subarray(0, this.#restLength);
  }

  /** Copies the part of a line, for the next chunk comes in the same buffer. */
  #keep(chunk: Uint8Array, start: number, end: number, onOverlong: () => void): void {
    if (this.#skipping) return;
    const length = this.#restLength + end - start;
    if (length > MAX_LINE_BYTES) {
      this.#skipping = true;
      this.#restLength = 0;
      return onOverlong();
    }
    if (length > this.#rest.length) {
      const grown = new Uint8Array(Math.min(MAX_LINE_BYTES, 2 * length));
      grown.set(this.#rest.subarray(0, this.#restLength));
      this.#rest = grown;
    }
    this.#rest.set(chunk.subarray(start, end), this.#restLength);
    this.#restLength = length;
  }
}
