/** Network namespaces that one can point at: a process lives in them or a file is mounted on them. */

import type { Collector } from "../collector.ts";
import type { Roots } from "../roots.ts";
import { emptyKernelMemory } from "../../model/empty_records.ts";
import { parseMountedNamespaces } from "../procfs/kernel_parse.ts";
import { readTextOrNull } from "../fs.ts";
import type { ProcessSample } from "../../model/sample.ts";

/** Processes asked in one pass, 10 µs each. */
const MAX_PROCESSES = 5_000;

/**
 * Counts distinct namespaces. Threads may sit in others and descriptors may pin some, so a kernel count above this is a
 * hint, not a proof: its growth is what tells. Null where none may be seen (others' need ptrace rights).
 */
function visibleNamespaces(roots: Roots, processes: readonly ProcessSample[]): number | null {
  const found = new Set<number>();
  const count = Math.min(processes.length, MAX_PROCESSES);
  for (let at = 0; at < count; at++) {
    const process = processes[at]!;
    if (process.is_kernel_thread) continue;
    const inode = namespaceOf(`${roots.proc}/${process.pid}/ns/net`);
    if (inode !== null) found.add(inode);
  }
  for (const inode of parseMountedNamespaces(readTextOrNull(`${roots.proc}/1/mountinfo`) ?? "")) {
    found.add(inode);
  }
  return found.size > 0 ? found.size : null;
}

/** Half the cost of reading the link "net:[4026531840]", which is all that a recorded tree has. */
function namespaceOf(path: string): number | null {
  try {
    return Deno.statSync(path).ino;
  } catch {
    try {
      return Number(/\d+/.exec(Deno.readLinkSync(path))?.[0] ?? NaN) || null;
    } catch {
      return null; // Gone meanwhile, a zombie, or somebody else's.
    }
  }
}

/** Network namespaces in sight. */
export function netnsCollector(): Collector {
  return {
    name: "netns",
    source: "/proc/PID/ns/net",
    tier: "slow",
    collect(sample, { roots }) {
      sample.kernel ??= emptyKernelMemory();
      sample.kernel.network_namespaces_visible = visibleNamespaces(roots, sample.processes);
    },
  };
}
