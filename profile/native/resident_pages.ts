/** How much of a range of addresses is in memory or swapped: /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst). */

const PAGE_BYTES = 4096;
const ENTRY_BYTES = 8;
/** One read covers 256 MiB. */
const CHUNK_PAGES = 65536;
/** Ranges beyond this are read in part: a terabyte that is only reserved is not worth its reading. */
const MAX_PAGES = 16 << 20;

export class ResidentPages {
  readonly #file: Deno.FsFile;
  readonly #buffer = new Uint8Array(CHUNK_PAGES * ENTRY_BYTES);
  #left = MAX_PAGES;

  /** Throws what Deno throws where it may not be read. */
  constructor({ pid, proc }: { pid: number; proc: string }) {
    this.#file = Deno.openSync(`${proc}/${pid}/pagemap`);
  }

  /** Bytes of the range that are present or swapped; what lies beyond the bound is not counted. */
  count(begin: number, end: number): number {
    let pages = 0;
    for (let page = Math.floor(begin / PAGE_BYTES); page < Math.ceil(end / PAGE_BYTES) && this.#left > 0;) {
      const wanted = Math.min(CHUNK_PAGES, Math.ceil(end / PAGE_BYTES) - page, this.#left);
      this.#file.seekSync(page * ENTRY_BYTES, Deno.SeekMode.Start);
      const bytes = this.#file.readSync(this.#buffer.subarray(0, wanted * ENTRY_BYTES)) ?? 0;
      const read = Math.floor(bytes / ENTRY_BYTES);
      if (read === 0) break;
      // Bit 63 is present, bit 62 swapped: the top of the last byte of each entry.
      for (let at = 0; at < read; at++) if ((this.#buffer[at * ENTRY_BYTES + 7]! & 0xc0) !== 0) pages++;
      page += read;
      this.#left -= read;
    }
    return pages * PAGE_BYTES;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
