import { closeSync, openSync, readSync } from "node:fs";
import { loadPread, type Pread } from "./ffi.ts";

/**
 * A small kernel file that stays open and is read again and again from its beginning. Where libc can be called that is one
 * pread(2), half the cost of seek and read through Deno (bench/sampler); else it is these two.
 */
export interface KeptFile {
  /** Reads from the beginning; returns the bytes read. Throws what Deno throws: ESRCH once the process is gone. */
  read(into: Uint8Array): number;
  close(): void;
}

let pread: Pread | null | undefined;

/** Opens a file to keep. Throws what opening throws. */
export function openKept(path: string): KeptFile {
  if (pread === undefined) pread = checkedPread();
  return pread === null ? openSought(path) : new PreadFile(path, pread);
}

/** The same by seek and read, whatever libc can do. */
export const openSought = (path: string): KeptFile => new SoughtFile(path);

class SoughtFile implements KeptFile {
  readonly #file: Deno.FsFile;

  constructor(path: string) {
    this.#file = Deno.openSync(path);
  }

  read(into: Uint8Array): number {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    return this.#file.readSync(into) ?? 0;
  }

  close(): void {
    this.#file.close();
  }
}

class PreadFile implements KeptFile {
  readonly #descriptor: number;
  readonly #pread: Pread;

  constructor(path: string, pread: Pread) {
    this.#descriptor = openDescriptor(path);
    this.#pread = pread;
  }

  read(into: Uint8Array): number {
    const length = this.#pread(this.#descriptor, into, into.length, 0);
    // libc keeps the reason to itself; asked the other way, Deno says it.
    return length >= 0 ? length : readSync(this.#descriptor, into, 0, into.length, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Errors of node:fs are told from others by a code; those of Deno by a class, which the callers look at. */
function openDescriptor(path: string): number {
  try {
    return openSync(path, "r");
  } catch {
    const file = Deno.openSync(path); // throws for the same reason, with Deno's class
    file.close();
    return openSync(path, "r");
  }
}

/** pread, if what it reads is what Deno reads: in older versions of Deno a descriptor of node:fs is no descriptor of the kernel. */
function checkedPread(): Pread | null {
  const pread = loadPread();
  if (pread === null) return null;
  const path = "/proc/version", bytes = new Uint8Array(512);
  try {
    const descriptor = openSync(path, "r");
    try {
      const length = pread(descriptor, bytes, bytes.length, 0);
      const text = new TextDecoder().decode(bytes.subarray(0, Math.max(0, length)));
      return length > 0 && Deno.readTextFileSync(path).startsWith(text) ? pread : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
