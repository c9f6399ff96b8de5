/** Which process answers for how much shared memory, where it lies: the pieces that a growing total is made of. */

/** Names are those under which the totals are watched. */
export type SharedMemoryKind = "memfd" | "POSIX" | "System V" | "Shmem";

/** What one process (or, where no process can be named, one user or cgroup) answers for. Each byte belongs to one holding. */
export interface SharedMemoryHolding {
  kind: SharedMemoryKind;
  /** null: no process holds it any more, or several may have made it. */
  pid: number | null;
  start_ticks: number | null;
  /** Of the process; else "user 1000", a unit's or a container's name. Hostile. */
  name: string;
  bytes: number;
  /** Files or segments. */
  objects: number;
  /** What was found when the process was read for the first time: older than any look, so no growth. */
  first_bytes: number;
  first_objects: number;
}

/** What one holder took between two looks. */
export interface SharedMemoryGrower extends SharedMemoryHolding {
  grown_bytes: number;
  grown_objects: number;
  /** Its part of what all holders that grew have taken, 0 to 1. */
  share: number;
}

/** Collectors whose parts make up the shared memory of a sample. */
export const SHARED_MEMORY_COLLECTORS: readonly string[] = [
  "tmpfs",
  "system_v",
  "posix_shm",
  "shm_users",
];
