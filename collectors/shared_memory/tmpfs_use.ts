/**
 * Who fills a tmpfs, read on demand: its files by the process that holds them open or mapped, unlinked ones too, and the rest by the
 * user who owns them. The kernel keeps no record of who wrote a file, hence two looks and their difference.
 */

import type { Roots } from "../roots.ts";
import { memoryDirectory } from "../process/thread_group.ts";
import { readLines } from "../procfs/maps.ts";
import { Users } from "../process/users.ts";
import type { ProcessSample } from "../../model/sample.ts";
import type { SharedMemoryHolding } from "../../model/shared_memory_holding.ts";
import { hostPath } from "./shared_memory.ts";

export interface TmpfsUse {
  holdings: SharedMemoryHolding[];
  /** The time was up, or there were more files, before all had been seen. */
  is_incomplete: boolean;
}

const MAX_FILES = 20_000;
const BLOCK_BYTES = 512;

interface File {
  bytes: number;
  uid: number;
  holder: ProcessSample | null;
}

/**
 * Looks at one tmpfs. Processes that share most come first. A file that several hold is charged to the oldest of them. Whatever may not be
 * read is left out; never throws.
 */
export function readTmpfsUse(
  roots: Roots,
  mount: string,
  processes: readonly ProcessSample[],
  budgetSeconds = 0.5,
): TmpfsUse {
  const end = performance.now() + budgetSeconds * 1000;
  const root = hostPath(roots, mount);
  const files = new Map<number, File>();
  let isComplete = false;
  try {
    const { dev } = Deno.statSync(root);
    isComplete = walk(root, dev, files, end);
    const largestFirst = processes.filter(({ is_kernel_thread }) => !is_kernel_thread)
      .sort((a, b) => (b.shmem_bytes ?? 0) - (a.shmem_bytes ?? 0));
    for (const process of largestFirst) {
      if (performance.now() > end) return { holdings: sums(files, mount, roots), is_incomplete: true };
      const directory = memoryDirectory(process.pid, roots.proc);
      readOpen(directory, dev, process, files);
      // Without resident shared pages there is no mapping worth looking for.
      if (process.shmem_bytes !== 0) readMapped(directory, dev, process, files);
    }
  } catch {
    // The mount is gone, or not ours to read.
  }
  return { holdings: sums(files, mount, roots), is_incomplete: !isComplete };
}

/** Files beneath a directory on the same device. Returns whether all were seen. */
function walk(root: string, device: number, files: Map<number, File>, end: number): boolean {
  let seen = 0;
  const pending = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    try {
      for (const { name } of Deno.readDirSync(directory)) {
        if (++seen > MAX_FILES || performance.now() > end) return false;
        const { dev, ino, blocks, uid, isFile, isDirectory } = Deno.lstatSync(`${directory}/${name}`);
        if (dev !== device) continue;
        if (isDirectory) pending.push(`${directory}/${name}`);
        else if (isFile && ino !== null) {
          files.set(ino, { bytes: (blocks ?? 0) * BLOCK_BYTES, uid: uid ?? 0, holder: null });
        }
      }
    } catch {
      // Removed while we looked.
    }
  }
  return true;
}

function readOpen(directory: string, device: number, process: ProcessSample, files: Map<number, File>): void {
  try {
    for (const { name } of Deno.readDirSync(`${directory}/fd`)) {
      addHeld(`${directory}/fd/${name}`, device, process, files);
    }
  } catch {
    // Gone, or somebody else's.
  }
}

/** A mapped file needs no descriptor; map_files leads to it, for root. Only its own lines of maps are followed: there may be thousands. */
function readMapped(
  directory: string,
  device: number,
  process: ProcessSample,
  files: Map<number, File>,
): void {
  const ranges: string[] = [];
  try {
    for (const line of readLines(`${directory}/maps`)) {
      const [range, , , numbers] = line.split(" ", 4);
      if (numbers === mapsDevice(device)) ranges.push(range!);
    }
  } catch {
    // Gone, or somebody else's.
  }
  for (const range of ranges) addHeld(`${directory}/map_files/${range}`, device, process, files);
}

function addHeld(link: string, device: number, process: ProcessSample, files: Map<number, File>): void {
  try {
    const { dev, ino, blocks, uid, isFile } = Deno.statSync(link);
    if (dev !== device || !isFile || ino === null) return;
    const file = files.get(ino) ?? { bytes: (blocks ?? 0) * BLOCK_BYTES, uid: uid ?? 0, holder: null };
    if (file.holder === null || process.start_ticks < file.holder.start_ticks) file.holder = process;
    files.set(ino, file);
  } catch {
    // Closed while we looked.
  }
}

/** Major and minor number as maps writes them, from makedev(3): the minor's low byte, the major's 12 bits, the minor's rest. */
function mapsDevice(device: number): string {
  const hex = (number: number) => number.toString(16).padStart(2, "0");
  return `${hex((device >>> 8) & 0xfff)}:${hex((device & 0xff) | ((device >>> 12) & ~0xff))}`;
}

function sums(files: ReadonlyMap<number, File>, mount: string, { proc }: Roots): SharedMemoryHolding[] {
  const users = new Users(proc);
  const found = new Map<string, SharedMemoryHolding>();
  for (const { bytes, uid, holder } of files.values()) {
    const key = holder === null ? `uid ${uid}` : `pid ${holder.pid}`;
    const sum = found.get(key);
    if (sum !== undefined) {
      sum.bytes += bytes;
      sum.objects++;
    } else {
      found.set(key, {
        kind: "tmpfs",
        mount,
        pid: holder?.pid ?? null,
        start_ticks: holder?.start_ticks ?? null,
        name: holder?.name ?? `user ${users.nameOf(uid)}`,
        bytes,
        objects: 1,
        first_bytes: 0,
        first_objects: 0,
      });
    }
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes);
}
