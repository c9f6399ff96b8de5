/** Constants that the kernel hands to every program (include/uapi/linux/auxvec.h). */
export interface AuxiliaryVector {
  page_bytes: number;
  clock_ticks_per_second: number;
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

/**
 * Page size and clock ticks from the bytes of /proc/self/auxv: pairs of 64-bit words in the machine's order, ended by a
 * zero. Anything else falls back to 4096 and 100, which all but a few machines have.
 */
export function parseAuxv(bytes: Uint8Array): AuxiliaryVector {
  const vector = { page_bytes: 4096, clock_ticks_per_second: 100 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= view.byteLength; at += 16) {
    const key = view.getBigUint64(at, true);
    const value = Number(view.getBigUint64(at + 8, true));
    if (key === 0n) break;
    if (key === AT_PAGESZ && value >= 1024 && value <= 1 << 20) vector.page_bytes = value;
    if (key === AT_CLKTCK && value >= 1 && value <= 10_000) vector.clock_ticks_per_second = value;
  }
  return vector;
}

/** Of the process `self` under a proc root; the usual values where it cannot be read. */
export function readAuxv(procRoot: string): AuxiliaryVector {
  try {
    return parseAuxv(Deno.readFileSync(`${procRoot}/self/auxv`));
  } catch {
    return parseAuxv(new Uint8Array());
  }
}
