/** Network namespaces that one can point at: a process lives in them or a file is mounted on them. */

import type { Roots } from "./collector.ts";
import { parseMountedNamespaces } from "./kernel_parse.ts";
import { readTextOrNull } from "./read.ts";
import type { ProcessSample } from "./sample.ts";

/** Links read in one pass, 4 µs each; beyond that the rest of the machine is not asked. */
const MAX_PROCESSES = 5_000;

/**
 * Counts distinct namespaces. Threads may sit in others and descriptors may pin some, so a kernel count above this is a
 * hint, not a proof: its growth is what tells. Null where no link may be read (ptrace rights are needed for others' ones).
 */
export function visibleNamespaces(roots: Roots, processes: readonly ProcessSample[]): number | null {
  const found = new Set<string>();
  const count = Math.min(processes.length, MAX_PROCESSES);
  for (let at = 0; at < count; at++) {
    const process = processes[at]!;
    if (process.is_kernel_thread) continue;
    try {
      found.add(Deno.readLinkSync(`${roots.proc}/${process.pid}/ns/net`).replace(/\D/g, ""));
    } catch {
      // Gone meanwhile, a zombie, or somebody else's.
    }
  }
  for (const inode of parseMountedNamespaces(readTextOrNull(`${roots.proc}/1/mountinfo`) ?? "")) {
    found.add(inode);
  }
  return found.size > 0 ? found.size : null;
}
