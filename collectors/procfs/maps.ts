import { memoryDirectory } from "../process/thread_group.ts";

/** The head line of one mapping, the same in /proc/PID/maps and in smaps (Documentation/filesystems/proc.rst). */
export interface Mapping {
  begin: number;
  end: number;
  /** r w x and p (private) or s (shared). */
  permissions: string;
  inode: number;
  /** File, [heap], [stack], [anon:NAME]; empty where it is anonymous. Hostile. */
  name: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ([-rwxps]{4}) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ (\d+)\s*(.*)$/;

/** null where the line is not the head of a mapping. User addresses stay below 2^57: numbers hold them to 16 bytes. */
export function parseMapping(line: string): Mapping | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  return {
    begin: parseInt(match[1]!, 16),
    end: parseInt(match[2]!, 16),
    permissions: match[3]!,
    inode: Number(match[4]),
    // Newlines in file names are written as \012.
    name: match[5]!,
  };
}

/** Lines of a file that may be tens of megabytes long, without holding it. Throws what Deno throws. */
export function* readLines(path: string): Generator<string> {
  using file = Deno.openSync(path);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let rest = "";
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) break;
    const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** One buffer for all scans: a scan runs to its end before the next begins. */
const scanBuffer = new Uint8Array(64 * 1024);

/**
 * Shows each line of a file as bytes, without making strings: a maps file has tens of thousands of lines of which one or
 * two are wanted. The kernel gives whole lines in each read (seq_file); a recorded file may be cut within one, so what is
 * left of a read is carried on. Throws what Deno throws.
 */
export function scanLines(
  path: string,
  visit: (bytes: Uint8Array, begin: number, end: number) => void,
): void {
  using file = Deno.openSync(path);
  let filled = 0;
  for (;;) {
    const count = file.readSync(scanBuffer.subarray(filled));
    if (count === null || count === 0) break;
    filled += count;
    let begin = 0;
    for (;;) {
      const end = scanBuffer.indexOf(10, begin);
      if (end < 0 || end >= filled) break;
      visit(scanBuffer, begin, end);
      begin = end + 1;
    }
    // A line longer than the buffer is no line of maps.
    if (begin === 0 && filled === scanBuffer.length) return;
    scanBuffer.copyWithin(0, begin, filled);
    filled -= begin;
  }
  if (filled > 0) visit(scanBuffer, 0, filled);
}

/** How many mappings a process has, against vm.max_map_count (65,530); null where it is gone or hidden. */
export function countMappings(pid: number, proc = "/proc"): number | null {
  try {
    let count = 0;
    scanLines(`${memoryDirectory(pid, proc)}/maps`, () => count++);
    return count;
  } catch {
    return null;
  }
}
