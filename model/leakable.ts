/**
 * Leakable memory: what a leak ends up in, one definition for each kind of subject, used by the detector, alerts, page, logs and
 * metrics alike.
 *
 * Shared pages are not in it: RssShmem counts a page once for everybody who touches it, so twenty PostgreSQL backends seemed to
 * leak one shared_buffers. Shared memory is classified where it lives (segment, memfd, tmpfs) and attributed to who made it.
 */

import type { ContainerSample, MemoryInfo, ProcessSample, UnitSample } from "./sample.ts";

/** RssAnon + VmSwap of /proc/PID/status (Documentation/filesystems/proc.rst): swapping out changes nothing. */
export const processLeakableBytes = (
  { anon_bytes, swap_bytes }: Pick<ProcessSample, "anon_bytes" | "swap_bytes">,
): number => anon_bytes + (swap_bytes ?? 0);

type CgroupMemory = Pick<
  ContainerSample | UnitSample,
  "anon_bytes" | "swap_bytes" | "kernel_unreclaimable_bytes"
>;

/** Anonymous and swapped memory and the kernel's own that it cannot take back; null where memory.stat is not readable. */
export const cgroupLeakableBytes = (group: CgroupMemory): number | null =>
  group.anon_bytes === null
    ? null
    : group.anon_bytes + (group.swap_bytes ?? 0) + (group.kernel_unreclaimable_bytes ?? 0);

/**
 * Memory of all programs, here or in swap. Pages in the swap cache are in swap and, where they are mapped, in AnonPages too:
 * they are taken off once, as far as they are in swap. zram and zswap hold the same pages compressed and are not added.
 */
export function hostLeakableBytes(
  memory: Pick<MemoryInfo, "anon_bytes" | "swap_total_bytes" | "swap_free_bytes" | "swap_cached_bytes">,
): number {
  const swapped = memory.swap_total_bytes - memory.swap_free_bytes;
  return memory.anon_bytes + Math.max(0, swapped - memory.swap_cached_bytes);
}
