/** Digits straight from bytes: the hot path makes no strings. */

const ZERO = 48;
const NINE = 57;
const MINUS = 45;
const NEWLINE = 10;

/**
 * A cursor over the bytes of one kernel file. One instance is reused for every read, so that a pass over thousands of
 * processes allocates nothing.
 */
export class ByteCursor {
  at = 0;
  end = 0;

  constructor(readonly bytes: Uint8Array) {}

  reset(end: number, at = 0): void {
    this.at = at;
    this.end = Math.min(end, this.bytes.length);
  }

  /**
   * The next decimal number, skipping what is not a digit but never past the end of the line; NaN where there is none.
   * A minus sign directly before the digits is kept.
   */
  nextNumber(): number {
    const { bytes, end } = this;
    let at = this.at;
    let byte = 0;
    while (at < end) {
      byte = bytes[at]!;
      if (byte >= ZERO && byte <= NINE) break;
      if (byte === NEWLINE) {
        this.at = at;
        return NaN;
      }
      at++;
    }
    if (at >= end) {
      this.at = end;
      return NaN;
    }
    const negative = at > 0 && bytes[at - 1] === MINUS;
    let value = 0;
    do {
      value = value * 10 + (byte - ZERO);
      at++;
      byte = at < end ? bytes[at]! : 0;
    } while (byte >= ZERO && byte <= NINE);
    this.at = at;
    return negative ? -value : value;
  }

  /** Moves behind the next newline; false at the end. */
  nextLine(): boolean {
    const next = this.bytes.indexOf(NEWLINE, this.at);
    if (next < 0 || next + 1 >= this.end) {
      this.at = this.end;
      return false;
    }
    this.at = next + 1;
    return true;
  }

  /** Whether the bytes at the cursor are these. */
  startsWith(key: Uint8Array): boolean {
    if (this.at + key.length > this.end) return false;
    for (let i = 0; i < key.length; i++) if (this.bytes[this.at + i] !== key[i]) return false;
    return true;
  }
}

const encoder = new TextEncoder();

/** The bytes of a line's key, made once per process and not once per read. */
export function keyBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text behind the bytes; names are whatever a process chose, so invalid UTF-8 becomes U+FFFD and never throws. */
const decoder = new TextDecoder();
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
