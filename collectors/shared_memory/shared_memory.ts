import type { Roots } from "../roots.ts";
import type { Sample, SharedMemory } from "../../model/sample.ts";

/** The part of the sample that four collectors share; each of them fills its own list. */
export function sharedMemoryOf(sample: Sample): SharedMemory {
  return sample.shared_memory ??= { system_v: [], posix: [], memfd: [], tmpfs: [] };
}

/** Where a path of the watched machine lies for us: beside its proc root (/host/proc → /host/dev/shm). */
export function hostPath(roots: Roots, path: string): string {
  return roots.is_live ? path : `${roots.proc.replace(/\/+$/, "")}/..${path}`;
}
