/** Mapped files with the offsets at which they are mapped: what symbols and probes need. */

import type { PerfFrame } from "./perf_script.ts";

export interface FileMapping {
  begin: number;
  end: number;
  executable: boolean;
  offset: number;
  /** Inside the target's mount namespace. Hostile. */
  path: string;
}

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ([-rwxps]{4}) ([0-9a-f]+) [0-9a-f]+:[0-9a-f]+ (\d+)\s+(\/.*)$/;

/** Mappings of files from /proc/PID/maps. Pure. */
export function parseFileMappings(text: string): FileMapping[] {
  return text.split("\n").flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null || match[5] === "0") return [];
    const [, begin, end, permissions, offset, , path] = match;
    return [{
      begin: parseInt(begin!, 16),
      end: parseInt(end!, 16),
      executable: permissions!.includes("x"),
      offset: parseInt(offset!, 16),
      path: path!,
    }];
  });
}

/** The same of a process; none where it is gone or hidden. */
export function readFileMappings({ pid, proc }: { pid: number; proc: string }): FileMapping[] {
  try {
    return parseFileMappings(Deno.readTextFileSync(`${proc}/${pid}/maps`));
  } catch {
    return [];
  }
}

/** The place in a file that is mapped at an address, as perf names frames; null where no file is. Pure. */
export function frameAt(mappings: readonly FileMapping[], address: number): PerfFrame | null {
  const mapping = mappings.find(({ begin, end }) => begin <= address && address < end);
  if (mapping === undefined) return null;
  return { offset: (address - mapping.begin + mapping.offset).toString(16), symbol: null, dso: mapping.path };
}

/**
 * A path to exactly the file that is mapped, whatever its name means in which mount namespace by now, and though it was
 * deleted: proc_pid_map_files(5). Only root may follow it.
 */
export function mappedFilePath({ pid, proc }: { pid: number; proc: string }, mapping: FileMapping): string {
  return `${proc}/${pid}/map_files/${mapping.begin.toString(16)}-${mapping.end.toString(16)}`;
}
