/**
 * What one looks for when shared memory grows, read on demand (tens of milliseconds to a second): who is attached to System V
 * segments, deleted files still held open, the largest files of each tmpfs. Never part of a sample.
 */

import type { Roots } from "../roots.ts";
import { memoryDirectory } from "../process/thread_group.ts";
import { parseMountinfo } from "../procfs/mountinfo.ts";
import { parseMapping, readLines } from "../procfs/maps.ts";
import { readTextOrNull } from "../fs.ts";
import type { ProcessRef, ProcessSample, TmpfsMount } from "../../model/sample.ts";
import type { DeletedFile, SharedMemoryOwners, TmpfsFile } from "../../model/shared_memory_owners.ts";
import { hostPath } from "./shared_memory.ts";

export interface OwnersOptions {
  /** Time to spend; processes that share most come first. */
  budget_seconds?: number;
  /** Files named for each tmpfs. */
  largest?: number;
}

/** Files looked at in one tmpfs. */
const MAX_FILES = 20_000;

/** "/SYSV00000000 (deleted)" is a System V segment, whose inode number is its id; null for anything else. */
export function systemVId(name: string, inode: number): number | null {
  return /^\/SYSV[0-9a-f]{8}( \(deleted\))?$/.test(name) ? inode : null;
}

/** Path of a deleted file from a descriptor's target; null where it is none, or belongs to memfd or System V. */
export function deletedPath(target: string): string | null {
  if (!target.startsWith("/") || !target.endsWith(" (deleted)")) return null;
  if (/^\/(memfd:|SYSV|dev\/zero|\[|i915|drm)/.test(target)) return null;
  return target.slice(0, -" (deleted)".length);
}

/** Reads all of it. Whatever may not be read is left out. */
export function readSharedMemoryOwners(
  roots: Roots,
  processes: readonly ProcessSample[],
  tmpfs: readonly TmpfsMount[],
  options: OwnersOptions = {},
): SharedMemoryOwners {
  const end = performance.now() + (options.budget_seconds ?? 1) * 1000;
  const attached = new Map<number, ProcessRef[]>();
  const files = new Map<string, DeletedFile>();
  const inMemory = tmpfsDevices(roots);
  let incomplete = false;
  const order = processes.filter((process) => !process.is_kernel_thread)
    .sort((a, b) => (b.shmem_bytes ?? 0) - (a.shmem_bytes ?? 0));
  for (const process of order) {
    if (performance.now() > end) {
      incomplete = true;
      break;
    }
    const directory = memoryDirectory(process.pid, roots.proc);
    const ref = { pid: process.pid, name: process.name };
    readDeleted(directory, ref, inMemory, files);
    if (process.shmem_bytes !== 0) readAttached(directory, ref, attached);
  }
  const tmpfs_files = tmpfs.flatMap(({ mount }) =>
    largestFiles(hostPath(roots, mount), mount, options.largest ?? 5, end)
  );
  const deleted = [...files.values()].filter((file) => file.size_bytes > 0)
    .sort((a, b) => b.size_bytes - a.size_bytes);
  return { attached, deleted, tmpfs_files, incomplete };
}

/** Device numbers of every tmpfs, as stat gives them. The kernel's own (System V, memfd) has no mount. */
function tmpfsDevices({ proc }: Roots): Set<number> {
  const devices = new Set<number>();
  for (const { device, type } of parseMountinfo(readTextOrNull(`${proc}/self/mountinfo`) ?? "")) {
    const [major = 0, minor = 0] = device.split(":").map(Number);
    // makedev(3): the minor's low byte, the major's low 12 bits, the minor's rest. File systems without a disk have major 0.
    if (type === "tmpfs") devices.add((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12));
  }
  return devices;
}

function readDeleted(
  directory: string,
  holder: ProcessRef,
  inMemory: ReadonlySet<number>,
  files: Map<string, DeletedFile>,
): void {
  try {
    for (const { name } of Deno.readDirSync(`${directory}/fd`)) {
      const link = `${directory}/fd/${name}`;
      try {
        const path = deletedPath(Deno.readLinkSync(link));
        if (path === null) continue;
        const { dev, ino, blocks, size } = Deno.statSync(link);
        const key = `${dev}:${ino}`;
        let file = files.get(key);
        if (file === undefined) {
          const size_bytes = blocks === null ? size : blocks * 512;
          files.set(key, file = { path, size_bytes, in_memory: inMemory.has(dev), holders: [] });
        }
        if (!file.holders.some((known) => known.pid === holder.pid)) file.holders.push(holder);
      } catch {
        // Closed while we looked.
      }
    }
  } catch {
    // Gone, or somebody else's.
  }
}

function readAttached(directory: string, holder: ProcessRef, attached: Map<number, ProcessRef[]>): void {
  try {
    for (const line of readLines(`${directory}/maps`)) {
      if (!line.includes("/SYSV")) continue;
      const mapping = parseMapping(line);
      const id = mapping === null ? null : systemVId(mapping.name, mapping.inode);
      if (id === null) continue;
      const holders = attached.get(id) ?? [];
      if (!holders.some((known) => known.pid === holder.pid)) holders.push(holder);
      attached.set(id, holders);
    }
  } catch {
    // Gone, or somebody else's.
  }
}

/** The largest files beneath a tmpfs mount, by the memory they occupy; stays on that file system. */
function largestFiles(root: string, mount: string, count: number, end: number): TmpfsFile[] {
  const found: TmpfsFile[] = [];
  let seen = 0;
  let device: number | null = null;
  const walk = (directory: string, shown: string) => {
    for (const entry of Deno.readDirSync(directory)) {
      if (++seen > MAX_FILES || performance.now() > end) return;
      if (!entry.isFile && !entry.isDirectory) continue;
      const path = `${directory}/${entry.name}`;
      const name = `${shown}/${entry.name}`;
      try {
        const { dev, blocks, size } = Deno.lstatSync(path);
        if (dev !== device) continue;
        if (entry.isDirectory) walk(path, name);
        else found.push({ mount, path: name, size_bytes: blocks === null ? size : blocks * 512 });
      } catch {
        // Removed while we looked, or not ours to read.
      }
    }
  };
  try {
    device = Deno.statSync(root).dev;
    walk(root, mount === "/" ? "" : mount);
  } catch {
    // Not ours to read.
  }
  return found.sort((a, b) => b.size_bytes - a.size_bytes).slice(0, count);
}
