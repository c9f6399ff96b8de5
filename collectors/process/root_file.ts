/**
 * Files of a process as the process itself sees them, below /proc/PID/root. What lies there is another user's: a symbolic
 * link with an absolute target below /proc/PID/root leads into *our* root, a name may be a FIFO or a device, a directory may
 * be swapped while we walk. So each component is opened by itself (O_PATH|O_NOFOLLOW) under the one before it, links are
 * followed by hand inside the process's root as openat2(2) does with RESOLVE_IN_ROOT, and only what proved to be a regular
 * file is opened for reading.
 */

import fs from "node:fs";
import { descriptorPath } from "../descriptor_path.ts";
import { memoryDirectory } from "./thread_group.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
/** Not among node's constants; the same on every Linux that Deno runs on (include/uapi/asm-generic/fcntl.h). */
const O_PATH = 0o10000000;
/** As many as the kernel follows (fs/namei.c, MAXSYMLINKS). */
const MAX_LINKS = 40;
const MAX_COMPONENTS = 256;
const MAX_FILE_BYTES = 1024 * 1024;

export interface RootFile {
  bytes: Uint8Array;
  uid: number;
}

export interface RootFileOptions {
  /** Follow symbolic links, within the process's root. Configuration files are often links; files in /tmp must not be. */
  followLinks?: boolean;
  /** Larger files are refused. */
  maxBytes?: number;
  proc?: string;
}

/**
 * Reads a regular file by its absolute path in the root of a process. null where it is missing, hidden, no regular file, too
 * large, or behind a link that is not to be followed. Never throws.
 */
export function readRootFile(pid: number, path: string, options: RootFileOptions = {}): RootFile | null {
  return withRootPath(pid, path, options, (descriptor) => {
    if (!fs.fstatSync(descriptor).isFile()) return null;
    const file = fs.openSync(descriptorPath(descriptor), O_RDONLY | O_NONBLOCK);
    try {
      return readWhole(file, options.maxBytes ?? MAX_FILE_BYTES);
    } finally {
      fs.closeSync(file);
    }
  });
}

/** Names in a directory of a process's root, sorted; null where it cannot be read. For `includedir` and the like. */
export function listRootDirectory(pid: number, path: string, options: RootFileOptions = {}): string[] | null {
  return withRootPath(pid, path, options, (descriptor) => {
    if (!fs.fstatSync(descriptor).isDirectory()) return null;
    return fs.readdirSync(`${descriptorPath(descriptor)}/.`).slice(0, 10_000).sort();
  });
}

function readWhole(file: number, maxBytes: number): RootFile | null {
  const { size, uid } = fs.fstatSync(file);
  if (size > maxBytes) return null;
  // One byte more: a file that grew past the limit since is refused too.
  const buffer = new Uint8Array(maxBytes < size + 4096 ? maxBytes + 1 : size + 4096);
  let filled = 0;
  while (filled < buffer.length) {
    const count = fs.readSync(file, buffer, filled, buffer.length - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return filled > maxBytes ? null : { bytes: buffer.subarray(0, filled), uid };
}

/** Opens the path with O_PATH, shows the descriptor, closes everything. null where any step fails. */
function withRootPath<T>(
  pid: number,
  path: string,
  { followLinks = false, proc = "/proc" }: RootFileOptions,
  use: (descriptor: number) => T | null,
): T | null {
  if (!path.startsWith("/") || path.includes("\0")) return null;
  /** From the root to where the walk stands: `..` goes back by one and never above the root. */
  const open: number[] = [];
  try {
    open.push(fs.openSync(`${memoryDirectory(pid, proc)}/root`, O_PATH | O_DIRECTORY));
    let rest = componentsOf(path);
    let links = 0;
    for (let taken = 0; rest.length > 0; taken++) {
      if (taken > MAX_COMPONENTS) return null;
      const name = rest.shift()!;
      if (name === "..") {
        if (open.length > 1) fs.closeSync(open.pop()!);
        continue;
      }
      const parent = open.at(-1)!;
      const descriptor = fs.openSync(`${descriptorPath(parent)}/${name}`, O_PATH | O_NOFOLLOW);
      open.push(descriptor);
      if (!fs.fstatSync(descriptor).isSymbolicLink()) continue;
      if (!followLinks || ++links > MAX_LINKS) return null;
      const target = fs.readlinkSync(`${descriptorPath(parent)}/${name}`);
      fs.closeSync(open.pop()!);
      if (target.startsWith("/")) open.splice(1).forEach((directory) => fs.closeSync(directory));
      rest = [...componentsOf(target), ...rest];
    }
    return use(open.at(-1)!);
  } catch {
    return null;
  } finally {
    open.forEach((descriptor) => fs.closeSync(descriptor));
  }
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
