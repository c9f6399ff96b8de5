import { memoryDirectory } from "../process/thread_group.ts";
import { readRootFile } from "../process/root_file.ts";
import { parseMapping, readLines } from "../procfs/maps.ts";
import { type Hsperfdata, parseHsperfdata } from "./hsperfdata.ts";

/** 32 KiB by default (-XX:PerfDataMemorySize). */
const MAX_BYTES = 1024 * 1024;
const PERF_FILE = /^\/.*\/hsperfdata_[^/]+\/\d+$/;

/**
 * Where a JVM keeps its counters, as the JVM sees the path: the file is among its mappings, so neither its user's name nor
 * its pid in its own namespace need be known. null: not a JVM, hidden, or -XX:-UsePerfData or +PerfDisableSharedMem. A walk
 * over the maps of the process: keep the answer for as long as (pid, start_ticks) and the executable stay.
 */
export function findHsperfdata(pid: number, proc = "/proc"): string | null {
  try {
    for (const line of readLines(`${memoryDirectory(pid, proc)}/maps`)) {
      if (!line.includes("/hsperfdata_")) continue;
      const name = parseMapping(line)?.name ?? "";
      if (PERF_FILE.test(name)) return name;
    }
  } catch {
    // Hidden or gone.
  }
  return null;
}

/**
 * Reads the counters of a JVM: one small file, no attach, the JVM is not stopped. null where there is none, or where the
 * file is not what a JVM of this process's user would have made: behind a symbolic link, not regular, larger than 1 MiB,
 * another user's, or not (yet) perfdata. Never throws.
 */
export function readHsperfdata(
  pid: number,
  { proc = "/proc", path = findHsperfdata(pid, proc) }: { proc?: string; path?: string | null } = {},
): Hsperfdata | null {
  if (path === null) return null;
  const file = readRootFile(pid, path, { proc, maxBytes: MAX_BYTES });
  if (file === null || file.uid !== effectiveUser(pid, proc)) return null;
  try {
    return parseHsperfdata(file.bytes);
  } catch {
    return null;
  }
}

/** HotSpot makes the file as its effective user (perfMemory_posix.cpp): the second number of Uid in status. */
function effectiveUser(pid: number, proc: string): number | null {
  try {
    const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(Deno.readTextFileSync(`${proc}/${pid}/status`))?.[1];
    return uid === undefined ? null : Number(uid);
  } catch {
    return null;
  }
}
