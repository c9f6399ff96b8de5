/** Names of sections are short; a table larger than this is not one. */
const MOST_NAME_BYTES = 1 << 20;

/** Whether a 64-bit little-endian ELF file has a section of one of these names (elf(5)); false where it is no such file. */
export function hasElfSection(path: string, ...names: string[]): boolean {
  try {
    using file = Deno.openSync(path);
    const header = readAt(file, 0, 64);
    if (header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
      return false;
    }
    const sections = Number(header.getBigUint64(0x28, true));
    const entryBytes = header.getUint16(0x3a, true);
    const namesIndex = header.getUint16(0x3e, true);
    if (sections === 0 || entryBytes < 64) return false;
    const entry = readAt(file, sections + entryBytes * namesIndex, 64);
    const length = Number(entry.getBigUint64(0x20, true));
    if (length > MOST_NAME_BYTES) return false;
    const table = readAt(file, Number(entry.getBigUint64(0x18, true)), length);
    const text = new TextDecoder("latin1").decode(table);
    return names.some((name) => text.includes(`\0${name}\0`));
  } catch {
    return false; // Hidden, gone, or cut short.
  }
}

function readAt(file: Deno.FsFile, offset: number, length: number): DataView {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) throw new RangeError("file ends early");
    filled += count;
  }
  return new DataView(bytes.buffer);
}
