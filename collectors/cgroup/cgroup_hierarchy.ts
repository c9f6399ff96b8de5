/** Where this machine keeps its cgroup trees: version 2, version 1, or both at once (hybrid). */

import type { Roots } from "../roots.ts";
import { readTextOrNull } from "../fs.ts";

export interface CgroupHierarchy {
  version: "v2" | "v1" | "hybrid";
  /** Root directory of the tree that holds the memory numbers, or the best tree there is where none does. */
  tree: string;
  /** Which files that tree has: `memory.current` (2), `memory.usage_in_bytes` (1), none at all (null). */
  memory: 1 | 2 | null;
  /** Root of the version 2 tree; on hybrid hosts it has the pressure. */
  unified: string | null;
  /** Root of the version 1 pids tree. */
  pids: string | null;
  /** The tree's root is not the machine's: leakwatch sees only its own container or namespace. */
  namespaced: boolean;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Mount points of cgroup file systems outside /sys/fs/cgroup, from mountinfo text: `cgroup2` and v1 by controller. */
export function parseCgroupMounts(mountinfo: string): { unified: string | null; memory: string | null } {
  const found: { unified: string | null; memory: string | null } = { unified: null, memory: null };
  for (const line of mountinfo.split("\n")) {
    const [before, after] = line.split(" - ");
    const mount = before?.split(" ")[4];
    const [type, , options] = after?.split(" ") ?? [];
    if (!mount) continue;
    if (type === "cgroup2") found.unified ??= mount;
    if (type === "cgroup" && options?.split(",").includes("memory")) found.memory ??= mount;
  }
  return found;
}

/**
 * Finds the trees under `sys/fs/cgroup`, by their files rather than by mountinfo, so that recorded and bind-mounted
 * trees work; mountinfo is asked only where nothing stands there. Null where this machine has no cgroups.
 */
export function readCgroupHierarchy(roots: Roots): CgroupHierarchy | null {
  const base = `${roots.sys}/fs/cgroup`;
  if (exists(`${base}/cgroup.controllers`)) return versionTwo(base);
  let memory = exists(`${base}/memory/memory.usage_in_bytes`) ? `${base}/memory` : null;
  let unified = exists(`${base}/unified/cgroup.controllers`) ? `${base}/unified` : null;
  if (memory === null && unified === null) {
    const mounts = parseCgroupMounts(readTextOrNull(`${roots.proc}/self/mountinfo`) ?? "");
    memory = mounts.memory !== null && exists(`${mounts.memory}/memory.usage_in_bytes`)
      ? mounts.memory
      : null;
    unified = mounts.unified !== null && exists(`${mounts.unified}/cgroup.controllers`)
      ? mounts.unified
      : null;
    if (memory === null && unified !== null) return versionTwo(unified);
  }
  const pids = exists(`${base}/pids`) ? `${base}/pids` : null;
  if (memory !== null) {
    // release_agent and cgroup.sane_behavior exist in the true root of a version 1 tree alone.
    const namespaced = !exists(`${memory}/cgroup.sane_behavior`) && !exists(`${memory}/release_agent`);
    return { version: unified ? "hybrid" : "v1", tree: memory, memory: 1, unified, pids, namespaced };
  }
  const tree = unified ?? (exists(`${base}/systemd`) ? `${base}/systemd` : null);
  if (tree === null) return null;
  return { version: unified ? "hybrid" : "v1", tree, memory: null, unified, pids, namespaced: false };
}

function versionTwo(tree: string): CgroupHierarchy {
  const controllers = (readTextOrNull(`${tree}/cgroup.controllers`) ?? "").trim().split(/\s+/);
  return {
    version: "v2",
    tree,
    memory: controllers.includes("memory") ? 2 : null,
    unified: tree,
    pids: null,
    // The machine's root has no cgroup.type; the root of a namespace is an ordinary cgroup and has one.
    namespaced: exists(`${tree}/cgroup.type`),
  };
}
