/** A section of an ELF file: where it lies. */
export interface ElfSection {
  name: string;
  offset: number;
  size: number;
}

/** Tables larger than these are damage, not sections. */
const MAX_NAME_BYTES = 1 << 20;
const MAX_SECTIONS = 4096;
/** Constants beyond this are not searched: a suspect's executable is read once, in tens of milliseconds. */
const MAX_SEARCHED_BYTES = 128 << 20;
const CHUNK_BYTES = 1 << 20;

/** Sections of a 64-bit little-endian ELF file (elf(5)); none where it is no such file, hidden, or cut short. */
export function readElfSections(path: string): ElfSection[] {
  try {
    using file = Deno.openSync(path);
    return parseElfSections((offset, length) => readAt(file, offset, length));
  } catch {
    return [];
  }
}

/** Sections of what `read` reads. Throws RangeError where it is no such file or ends early. */
export function parseElfSections(read: (offset: number, length: number) => Uint8Array): ElfSection[] {
  const header = viewOf(read(0, 64));
  if (header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
    throw new RangeError("not a 64-bit little-endian ELF file");
  }
  const count = header.getUint16(0x3c, true);
  const entryBytes = header.getUint16(0x3a, true);
  if (count > MAX_SECTIONS || entryBytes < 64) throw new RangeError("damaged section table");
  const table = viewOf(read(Number(header.getBigUint64(0x28, true)), count * entryBytes));
  const raw = Array.from({ length: count }, (_, at) => ({
    name: table.getUint32(at * entryBytes, true),
    offset: Number(table.getBigUint64(at * entryBytes + 0x18, true)),
    size: Number(table.getBigUint64(at * entryBytes + 0x20, true)),
  }));
  const strings = raw[header.getUint16(0x3e, true)];
  if (strings === undefined || strings.size > MAX_NAME_BYTES) throw new RangeError("damaged section names");
  const names = new TextDecoder("latin1").decode(read(strings.offset, strings.size));
  return raw.map(({ name, offset, size }) => ({
    name: names.slice(name, Math.max(name, names.indexOf("\0", name))),
    offset,
    size,
  }));
}

/** The first of these texts that stands among the constants (.rodata) of an ELF file; null where none does. */
export function findInConstants(
  path: string,
  sections: readonly ElfSection[],
  texts: readonly string[],
): string | null {
  const constants = sections.find(({ name }) => name === ".rodata");
  if (constants === undefined) return null;
  const overlap = Math.max(...texts.map((text) => text.length));
  const end = constants.offset + Math.min(constants.size, MAX_SEARCHED_BYTES);
  const decoder = new TextDecoder("latin1");
  try {
    using file = Deno.openSync(path);
    for (let at = constants.offset; at < end; at += CHUNK_BYTES) {
      const chunk = decoder.decode(readAt(file, at, Math.min(CHUNK_BYTES + overlap, end - at)));
      const found = texts.find((text) => chunk.includes(text));
      if (found !== undefined) return found;
    }
  } catch {
    // Hidden, gone, or cut short.
  }
  return null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) throw new RangeError("file ends early");
    filled += count;
  }
  return bytes;
}
