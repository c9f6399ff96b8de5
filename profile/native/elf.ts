/** Functions and segments of a 64-bit little-endian ELF file (elf(5)). The file is the target's: not trusted. */

export interface ElfFunction {
  name: string;
  /** Offset in the file, as uprobes want it. */
  offset: number;
}

export interface ElfSegment {
  offset: number;
  size: number;
  address: number;
}

type Read = (offset: number, length: number) => DataView;

/** libc has 3,000 symbols, a large program some hundred thousand. */
const MAX_TABLE_BYTES = 64 << 20;
const MAX_SECTIONS = 4096;
const SHT_SYMTAB = 2, SHT_DYNSYM = 11, PT_LOAD = 1, STT_FUNC = 2, STT_GNU_IFUNC = 10;

/** Functions of these names, from .dynsym and .symtab; one each. None where it is no such file. */
export function readElfFunctions(path: string, names: ReadonlySet<string>): ElfFunction[] {
  return reading(path, (read) => parseElfFunctions(read, names)) ?? [];
}

/** Loaded segments; none where it is no such file. */
export function readElfSegments(path: string): ElfSegment[] {
  return reading(path, parseElfSegments) ?? [];
}

/** The address that the file's own tables give to an offset; null where it is not loaded. */
export function addressOfOffset(segments: readonly ElfSegment[], offset: number): number | null {
  const segment = segments.find((one) => offset >= one.offset && offset < one.offset + one.size);
  return segment === undefined ? null : segment.address + offset - segment.offset;
}

/** The same of what `read` reads. Throws RangeError on damage. */
export function parseElfFunctions(read: Read, names: ReadonlySet<string>): ElfFunction[] {
  const header = parseHeader(read);
  const segments = parseElfSegments(read);
  const sections = Math.min(header.getUint16(0x3c, true), MAX_SECTIONS);
  const table = read(number(header, 0x28), sections * 64);
  const found = new Map<string, ElfFunction>();
  for (let at = 0; at < sections; at++) {
    const type = table.getUint32(at * 64 + 4, true);
    if (type !== SHT_SYMTAB && type !== SHT_DYNSYM) continue;
    const strings = table.getUint32(at * 64 + 0x28, true) * 64;
    const symbols = read(number(table, at * 64 + 0x18), bounded(number(table, at * 64 + 0x20)));
    const text = read(number(table, strings + 0x18), bounded(number(table, strings + 0x20)));
    for (let symbol = 0; symbol + 24 <= symbols.byteLength; symbol += 24) {
      const kind = symbols.getUint8(symbol + 4) & 15;
      const address = number(symbols, symbol + 8);
      if ((kind !== STT_FUNC && kind !== STT_GNU_IFUNC) || address === 0) continue;
      const name = stringAt(text, symbols.getUint32(symbol, true));
      if (!names.has(name) || found.has(name) || kind === STT_GNU_IFUNC) continue;
      const segment = segments.find((one) => address >= one.address && address < one.address + one.size);
      if (segment) found.set(name, { name, offset: address - segment.address + segment.offset });
    }
  }
  return [...found.values()];
}

export function parseElfSegments(read: Read): ElfSegment[] {
  const header = parseHeader(read);
  const count = header.getUint16(0x38, true);
  const table = read(number(header, 0x20), count * 56);
  return Array.from({ length: count }, (_, at) => at * 56)
    .filter((at) => table.getUint32(at, true) === PT_LOAD)
    .map((at) => ({
      offset: number(table, at + 8),
      address: number(table, at + 0x10),
      size: number(table, at + 0x20),
    }));
}

function parseHeader(read: Read): DataView {
  const header = read(0, 64);
  if (header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2 || header.getUint8(5) !== 1) {
    throw new RangeError("not a 64-bit little-endian ELF file");
  }
  if (header.getUint16(0x3a, true) !== 64 && header.getUint16(0x3c, true) !== 0) {
    throw new RangeError("damaged");
  }
  return header;
}

function reading<T>(path: string, parse: (read: Read) => T): T | null {
  try {
    using file = Deno.openSync(path);
    return parse((offset, length) => {
      const bytes = new Uint8Array(length);
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let filled = 0; filled < length;) {
        const count = file.readSync(bytes.subarray(filled));
        if (count === null) throw new RangeError("ends early");
        filled += count;
      }
      return new DataView(bytes.buffer);
    });
  } catch {
    return null;
  }
}

const number = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function bounded(size: number): number {
  if (size > MAX_TABLE_BYTES) throw new RangeError("a table is too large");
  return size;
}

function stringAt(view: DataView, from: number): string {
  let text = "";
  for (let at = from; at < view.byteLength && text.length < 256; at++) {
    const code = view.getUint8(at);
    if (code === 0) break;
    text += String.fromCharCode(code);
  }
  return text;
}
