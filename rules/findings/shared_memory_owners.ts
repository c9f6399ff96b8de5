/** Who holds shared memory, largest first, with what to type about it; and how much of it no visible process holds. Pure. */

import type { SharedMemoryOwners } from "../../model/shared_memory_owners.ts";
import type { ProcessRef, ProcessSample, SharedMemory } from "../../model/sample.ts";
import { shellQuote } from "../next_steps/shell_quote.ts";

export interface OwnerRow {
  kind: "system-v" | "posix" | "memfd" | "deleted-file" | "tmpfs";
  /** Segment id, file name, path or mount. Hostile. */
  name: string;
  bytes: number;
  owner: string | null;
  /** System V: who made it; its name where it still runs. */
  creator: ProcessRef | null;
  /** Who holds it open, mapped or attached, as far as we may see. */
  holders: ProcessRef[];
  /** Held by nobody: it stays until somebody removes it, whatever exits. */
  is_orphan: boolean;
  /** tmpfs: its largest files. */
  files: { path: string; bytes: number }[];
  next_step: string;
}

export interface OwnersReport {
  rows: OwnerRow[];
  /** Shmem of /proc/meminfo less all rows, floor 0; null without meminfo or where no tmpfs could be looked at. */
  unattributed_bytes: number | null;
  notes: string[];
}

/** Less than this beside the rows is the moment between two readings. */
const WORTH_A_NOTE_BYTES = 16 * 1024 * 1024;

/**
 * Puts together what samples and the reading on demand know. A deleted file on disk is left out of the sum: it occupies a disk, not
 * memory. /dev/shm is told by its files, the other tmpfs by their mounts.
 */
export function sharedMemoryOwners(
  shared: SharedMemory,
  processes: readonly ProcessSample[],
  read: SharedMemoryOwners | null = null,
  shmemBytes: number | null = null,
): OwnersReport {
  const names = new Map(processes.map((process) => [process.pid, process.name]));
  const rows: OwnerRow[] = [
    ...shared.system_v.map((segment): OwnerRow => {
      const creator = names.get(segment.creator_pid);
      return {
        ...EMPTY,
        kind: "system-v",
        name: String(segment.id),
        bytes: segment.rss_bytes + segment.swap_bytes,
        owner: segment.owner,
        creator: { pid: segment.creator_pid, name: creator ?? "" },
        holders: read?.attached.get(segment.id) ?? [],
        is_orphan: segment.attached === 0,
        next_step: segment.attached === 0
          ? `ipcs -m -i ${segment.id}   # no process is attached; ipcrm -m ${segment.id} removes it`
          : `ipcs -m -p -i ${segment.id}`,
      };
    }),
    ...shared.posix.map((segment): OwnerRow => ({
      ...EMPTY,
      kind: "posix",
      name: segment.name,
      bytes: segment.size_bytes,
      owner: segment.owner,
      holders: segment.holders,
      // Holders are looked for now and then: not yet seen is not orphaned unless all were looked at.
      is_orphan: segment.holders.length === 0 && read !== null && !read.incomplete,
      next_step: `find /proc/[0-9]*/fd /proc/[0-9]*/map_files -lname ${
        shellQuote(`/dev/shm/${segment.name.replaceAll(/[\\*?[]/g, "\\$&")}`)
      } 2>/dev/null | cut -d/ -f3 | sort | uniq -c   # pids that have it open or mapped`,
    })),
    ...shared.memfd.map((file): OwnerRow => ({
      ...EMPTY,
      kind: "memfd",
      name: file.name,
      bytes: file.size_bytes,
      holders: file.holders,
      next_step: file.holders[0] ? `ls -l /proc/${file.holders[0].pid}/fd | grep memfd` : "lsns",
    })),
    ...shared.tmpfs.filter((mount) => mount.mount !== "/dev/shm" && mount.used_bytes > 0).map((
      mount,
    ): OwnerRow => ({
      ...EMPTY,
      kind: "tmpfs",
      name: mount.mount,
      bytes: mount.used_bytes,
      files: (read?.tmpfs_files ?? []).filter((file) => file.mount === mount.mount)
        .map((file) => ({ path: file.path, bytes: file.size_bytes })),
      next_step: `du -xam ${shellQuote(mount.mount)} | sort -n | tail`,
    })),
    ...(read?.deleted ?? []).map((file): OwnerRow => ({
      ...EMPTY,
      kind: "deleted-file",
      name: file.path,
      bytes: file.size_bytes,
      holders: file.holders,
      next_step: `ls -l /proc/${
        file.holders[0]?.pid ?? "PID"
      }/fd | grep deleted   # it goes when the last holder closes it`,
    })),
  ];
  rows.sort((a, b) => b.bytes - a.bytes);
  return { rows, ...remainder(shared, read, shmemBytes, rows) };
}

const EMPTY = { owner: null, creator: null, holders: [] as ProcessRef[], is_orphan: false, files: [] };

function remainder(
  shared: SharedMemory,
  read: SharedMemoryOwners | null,
  shmemBytes: number | null,
  rows: readonly OwnerRow[],
): { unattributed_bytes: number | null; notes: string[] } {
  const notes: string[] = [];
  const onDisk = (read?.deleted ?? []).filter((file) => !file.in_memory);
  const disk = onDisk.reduce((sum, file) => sum + file.size_bytes, 0);
  if (disk > WORTH_A_NOTE_BYTES) {
    notes.push(`${onDisk.length} deleted files still open occupy ${mebibytes(disk)} of disk, not of memory`);
  }
  // Without a look at the mounts (a recorded machine) everything would seem to be nobody's.
  if (shmemBytes === null || shared.tmpfs.length === 0) return { unattributed_bytes: null, notes };
  // A tmpfs counts its deleted files itself, /dev/shm likewise all of its own.
  const devShm = shared.tmpfs.find((mount) => mount.mount === "/dev/shm")?.used_bytes;
  const posix = shared.posix.reduce((sum, segment) => sum + segment.size_bytes, 0);
  let known = devShm ?? posix;
  for (const row of rows) {
    if (row.kind === "tmpfs" || row.kind === "memfd") known += row.bytes;
  }
  for (const segment of shared.system_v) known += segment.rss_bytes;
  const unattributed = Math.max(0, shmemBytes - known);
  if (unattributed > WORTH_A_NOTE_BYTES) {
    notes.push(
      `${
        mebibytes(unattributed)
      } of shared memory have no visible holder: a tmpfs of another mount namespace ` +
        "(sudo lsns -t mnt), shared anonymous mappings, or graphics buffers",
    );
  }
  return { unattributed_bytes: unattributed, notes };
}

const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
