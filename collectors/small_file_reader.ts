import { ByteCursor } from "./byte_cursor.ts";
import type { KeptFile } from "./kept_file.ts";

/**
 * Enough for any status with a long list of groups; stat and statm need a few hundred bytes. These files come whole in one
 * read when the buffer holds them (fs/proc/array.c: single_open).
 */
const BUFFER_BYTES = 64 * 1024;

/** Reads small kernel files into one buffer that every read shares: whoever keeps something copies it. */
export class SmallFileReader {
  readonly cursor = new ByteCursor(new Uint8Array(BUFFER_BYTES));

  /** Reads a kept-open file from its beginning. Throws (ESRCH) once its process is gone. */
  reread(file: KeptFile): ByteCursor {
    this.cursor.reset(file.read(this.cursor.bytes));
    return this.cursor;
  }

  /** Opens, reads and closes. Throws what Deno throws. */
  read(path: string): ByteCursor {
    const file = Deno.openSync(path);
    try {
      this.cursor.reset(file.readSync(this.cursor.bytes) ?? 0);
    } finally {
      file.close();
    }
    return this.cursor;
  }

  /** Like read, with null where the file is missing, hidden or vanished. */
  readOrNull(path: string): ByteCursor | null {
    try {
      return this.read(path);
    } catch {
      return null;
    }
  }
}
