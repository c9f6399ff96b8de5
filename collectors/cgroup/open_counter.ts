/** Kept handles on the one file of a cgroup that is read at every sample. */

const buffer = new Uint8Array(64);

/** A kernel file that holds one number, kept open: a seek and a read instead of open, read and close. */
export class OpenCounter {
  #file: Deno.FsFile | null;

  /** Throws where the file cannot be opened. */
  constructor(readonly path: string) {
    this.#file = Deno.openSync(path);
  }

  /** The number, or null when its cgroup is gone (the kernel then answers ENODEV). */
  read(): number | null {
    if (this.#file === null) return null;
    try {
      this.#file.seekSync(0, Deno.SeekMode.Start);
      return digits(this.#file.readSync(buffer) ?? 0);
    } catch {
      this.close();
      return null;
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = null;
  }
}

function digits(length: number): number | null {
  let value = 0;
  let at = 0;
  for (; at < length; at++) {
    const digit = buffer[at]! - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return at === 0 ? null : value;
}
