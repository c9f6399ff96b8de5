/**
 * Shared memory that grows because a mapping is touched that was there before: a database's buffers, made at its start and filled as
 * pages are read. What leaks shared memory makes new files, segments or mappings, which its address space or no process's pages show.
 */

import type { ProcessSeries } from "./process_series.ts";

/** Share of the growth that one process must have touched. */
const MIN_SHARE = 0.5;
/** Of what it touched, what its address space may have grown by. */
const MAX_MAPPED_SHARE = 0.25;

/** The process that filled most of it within its address space; null where none did. */
export function mappingFiller(
  processes: Iterable<Pick<ProcessSeries, "subject" | "shared">>,
  grownBytes: number,
): Pick<ProcessSeries, "subject" | "shared"> | null {
  let most = MIN_SHARE * grownBytes, found: Pick<ProcessSeries, "subject" | "shared"> | null = null;
  for (const process of processes) {
    if (process.shared === null) continue;
    const { first, now } = process.shared;
    const touched = now.shmem_bytes - first.shmem_bytes;
    if (touched < most || now.vsz_bytes - first.vsz_bytes > MAX_MAPPED_SHARE * touched) continue;
    most = touched;
    found = process;
  }
  return found;
}
