import { statfsSync } from "node:fs";
import type { Collector } from "../collector.ts";
import { parseMountinfo } from "../procfs/mountinfo.ts";
import { readText } from "../fs.ts";
import type { TmpfsMount } from "../../model/sample.ts";
import { hostPath, sharedMemoryOf } from "./shared_memory.ts";

/** TMPFS_MAGIC of include/uapi/linux/magic.h. */
const TMPFS_MAGIC = 0x01021994;

/** What is in memory though it looks like files: every tmpfs that is mounted where we can see it, each once. */
export function tmpfsCollector(): Collector {
  return {
    name: "tmpfs",
    source: "/proc/self/mountinfo, statfs",
    tier: "normal",
    collect(sample, { roots }) {
      // Of several mounts on one path the last is seen; of several paths to one tmpfs the first is named.
      const seen = new Map(
        parseMountinfo(readText(`${roots.proc}/self/mountinfo`)).map((it) => [it.mount, it]),
      );
      const found = new Map<string, TmpfsMount>();
      for (const { device, mount, type } of seen.values()) {
        if (type !== "tmpfs" || found.has(device)) continue;
        const usage = readTmpfs(hostPath(roots, mount));
        if (usage !== null) found.set(device, { mount, ...usage });
      }
      sharedMemoryOf(sample).tmpfs = [...found.values()];
    },
  };
}

function readTmpfs(path: string): Omit<TmpfsMount, "mount"> | null {
  try {
    const { type, bsize, blocks, bfree, files, ffree } = statfsSync(path);
    if (type !== TMPFS_MAGIC) return null; // Hidden beneath another mount.
    // A tmpfs without a limit (size=0) counts nothing: blocks and free are both 0.
    return {
      used_bytes: (blocks - bfree) * bsize,
      size_bytes: blocks === 0 ? null : blocks * bsize,
      inodes_used: files === 0 ? null : files - ffree,
    };
  } catch {
    return null;
  }
}
