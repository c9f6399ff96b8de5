import { memoryDirectory } from "./thread_group.ts";
import type { DescriptorKinds } from "../../model/sample.ts";

export type DescriptorKind = keyof DescriptorKinds;

/** What a link of /proc/PID/fd stands for, from its target alone. */
export function parseDescriptor(target: string): DescriptorKind {
  if (target.startsWith("socket:")) return "sockets";
  if (target.startsWith("pipe:")) return "pipes";
  if (target.startsWith("anon_inode:")) return "anon_inodes";
  if (target.startsWith("/memfd:")) return "memfds";
  if (!target.startsWith("/")) return "other"; // net:[…], mnt:[…]
  if (target.endsWith(" (deleted)")) return "deleted_files";
  // Files in /dev/shm are memory, not devices.
  if (target.startsWith("/dev/") && !target.startsWith("/dev/shm/")) return "devices";
  return "files";
}

function emptyDescriptorKinds(): DescriptorKinds {
  return {
    files: 0,
    deleted_files: 0,
    sockets: 0,
    pipes: 0,
    anon_inodes: 0,
    memfds: 0,
    devices: 0,
    other: 0,
  };
}

/** At 3 µs each, a process with a million descriptors must not cost seconds: beyond this many the rest is estimated. */
const MAX_LINKS = 20_000;

/**
 * Counts the open descriptors of one process by kind; beyond 20,000 the kinds of the first ones are scaled to all. null
 * where the process is gone or hidden (only root and the owner may look).
 */
export function readDescriptorKinds(pid: number, proc = "/proc"): DescriptorKinds | null {
  const directory = `${memoryDirectory(pid, proc)}/fd`;
  const kinds = emptyDescriptorKinds();
  let seen = 0;
  let counted = 0;
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      if (++seen > MAX_LINKS) continue;
      try {
        kinds[parseDescriptor(Deno.readLinkSync(`${directory}/${name}`))]++;
        counted++;
      } catch {
        // Closed while we looked.
      }
    }
  } catch {
    return null;
  }
  if (seen > MAX_LINKS && counted > 0) {
    for (const kind of Object.keys(kinds) as DescriptorKind[]) {
      kinds[kind] = Math.round(kinds[kind] * seen / counted);
    }
  }
  return kinds;
}
