/** Walks a cgroup tree and says who lives in it. */

import { type CgroupIdentity, identifyCgroup } from "./cgroup_identity.ts";

/** A machine where somebody leaks cgroups may have a million: beyond this many directories the walk stops, and says so. */
const MAX_DIRECTORIES = 20_000;

export interface CgroupNode {
  /** Relative to the tree, "/" for its root. */
  path: string;
  identity: CgroupIdentity;
}

export interface CgroupWalk {
  /** Cgroups of a container or unit, and plain ones near the root. */
  nodes: CgroupNode[];
  /** All directories found, the root included; a lower bound where `truncated`. */
  directories: number;
  truncated: boolean;
}

/** Plain cgroups (of a job scheduler, say) are watched down to this depth. */
const PLAIN_DEPTH = 2;

/**
 * Walks the tree breadth first. A directory with two links has no children (kernfs counts them), so a leaf costs one
 * stat instead of a listing of its sixty files. Identities are kept from walk to walk by path.
 */
export class CgroupTree {
  #identities = new Map<string, CgroupIdentity>();

  constructor(readonly root: string, readonly maxDirectories = MAX_DIRECTORIES) {}

  walk(): CgroupWalk {
    const nodes: CgroupNode[] = [];
    const kept = new Map<string, CgroupIdentity>();
    const queue: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
    let directories = 1;
    let truncated = false;
    for (let at = 0; at < queue.length; at++) {
      const { path, depth } = queue[at]!;
      for (const name of this.#children(path)) {
        if (directories >= this.maxDirectories) {
          truncated = true;
          break;
        }
        directories++;
        const child = `${path}/${name}`;
        const identity = this.#identities.get(child) ?? identifyCgroup(child);
        kept.set(child, identity);
        if (isWatched(identity, name, depth + 1)) nodes.push({ path: child, identity });
        queue.push({ path: child, depth: depth + 1 });
      }
    }
    this.#identities = kept;
    return { nodes, directories, truncated };
  }

  #children(path: string): string[] {
    const directory = this.root + path;
    try {
      if (Deno.statSync(directory).nlink === 2) return [];
      const names: string[] = [];
      for (const entry of Deno.readDirSync(directory)) if (entry.isDirectory) names.push(entry.name);
      return names;
    } catch {
      return []; // Gone between the listing and now, or not ours to see.
    }
  }
}

/** A container's own cgroup, a unit's own cgroup outside of containers, or a plain one near the root. */
function isWatched(identity: CgroupIdentity, name: string, depth: number): boolean {
  if (identity.container !== null) return identity.isContainerRoot;
  if (/\.(service|scope|slice|socket|mount|swap)$/.test(name)) return true;
  return identity.unit === null && depth <= PLAIN_DEPTH;
}
