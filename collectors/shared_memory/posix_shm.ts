import type { Collector } from "../collector.ts";
import type { PosixSegment } from "../../model/sample.ts";
import { hostPath, sharedMemoryOf } from "./shared_memory.ts";
import { Users } from "../process/users.ts";

const MAX_FILES = 5000;
const DEEPEST = 4;

/**
 * Files in /dev/shm by the memory they occupy (blocks, not length: shm_open files are often sparse), largest first. None
 * where there is no such directory. Throws where it may not be listed.
 */
function readPosixSegments(directory: string, nameOfUser: (uid: number) => string): PosixSegment[] {
  const segments: PosixSegment[] = [];
  const walk = (path: string, prefix: string, depth: number) => {
    for (const entry of Deno.readDirSync(path)) {
      if (segments.length >= MAX_FILES) return;
      const name = prefix + entry.name;
      try {
        if (entry.isDirectory) {
          if (depth < DEEPEST) walk(`${path}/${entry.name}`, `${name}/`, depth + 1);
        } else if (entry.isFile) {
          const { blocks, size, uid } = Deno.lstatSync(`${path}/${entry.name}`);
          segments.push({
            name,
            size_bytes: blocks === null ? size : blocks * 512,
            owner: nameOfUser(uid ?? 0),
            holders: [],
          });
        }
      } catch {
        // Removed while we looked, or a directory that is not ours to read.
      }
    }
  };
  try {
    walk(directory, "", 0);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return segments.sort((a, b) => b.size_bytes - a.size_bytes);
}

export function posixShmCollector({ roots }: { roots: { proc: string } }): Collector {
  const users = new Users(roots.proc);
  return {
    name: "posix_shm",
    source: "/dev/shm",
    tier: "normal",
    collect(sample, { roots }) {
      const shared = sharedMemoryOf(sample);
      const holders = new Map(shared.posix.map((segment) => [segment.name, segment.holders]));
      const segments = readPosixSegments(hostPath(roots, "/dev/shm"), (uid) => users.nameOf(uid));
      // Who maps a file is found out less often than how large it is (shm_users.ts).
      for (const segment of segments) segment.holders = holders.get(segment.name) ?? [];
      shared.posix = segments;
    },
  };
}
