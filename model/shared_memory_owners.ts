/** Who holds shared memory, as read on demand: attached processes, deleted files still open, the largest files of each tmpfs. */

import type { ProcessRef } from "./sample.ts";

export interface DeletedFile {
  /** Path it had. Hostile. */
  path: string;
  /** Space it still occupies. */
  size_bytes: number;
  /** It lies in a tmpfs: the space is memory. Else it is disk. */
  in_memory: boolean;
  holders: ProcessRef[];
}

export interface TmpfsFile {
  mount: string;
  path: string;
  size_bytes: number;
}

export interface SharedMemoryOwners {
  /** Segment id → who is attached, for those processes that we may look into. */
  attached: Map<number, ProcessRef[]>;
  deleted: DeletedFile[];
  tmpfs_files: TmpfsFile[];
  /** The time was up before every process had been looked at. */
  incomplete: boolean;
}
