/** What a sample holds of shared memory, and who holds it. */

export interface SharedMemory {
  /** System V segments, /proc/sysvipc/shm. */
  system_v: SystemVSegment[];
  /** Files in /dev/shm, by size. */
  posix: PosixSegment[];
  /** memfd files found among descriptors or mappings, with their holders. */
  memfd: MemfdFile[];
  tmpfs: TmpfsMount[];
}

export interface SystemVSegment {
  key: number;
  id: number;
  owner: string;
  creator_pid: number;
  size_bytes: number;
  rss_bytes: number;
  swap_bytes: number;
  attached: number;
}

export interface PosixSegment {
  name: string;
  size_bytes: number;
  owner: string;
  holders: ProcessRef[];
}

export interface MemfdFile {
  name: string;
  size_bytes: number;
  inode: number;
  holders: ProcessRef[];
}

export interface TmpfsMount {
  mount: string;
  used_bytes: number;
  /** null: no limit. */
  size_bytes: number | null;
  inodes_used: number | null;
}

export interface ProcessRef {
  pid: number;
  name: string;
}
