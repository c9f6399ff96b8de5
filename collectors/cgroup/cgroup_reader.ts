/** Reads the memory of one cgroup into a container's or unit's record. */

import type { CgroupHierarchy } from "./cgroup_hierarchy.ts";
import {
  parseFlatKeyed,
  parseLimit,
  parseNumber,
  parsePressureTotals,
  parseStatV1,
  parseStatV2,
} from "./cgroup_parse.ts";
import { readTextOrNull } from "../fs.ts";
import type { ContainerSample, UnitSample } from "../../model/sample.ts";

/** Path of the file that holds the usage, by version; null where the tree has no memory numbers. */
export function usageFile(layout: CgroupHierarchy, path: string): string | null {
  if (layout.memory === null) return null;
  return `${layout.tree}${path}/${layout.memory === 2 ? "memory.current" : "memory.usage_in_bytes"}`;
}

/** Effective limits through the parents, each own limit read once; make a new one for each pass. */
export class LimitReader {
  readonly #own = new Map<string, number | null>();

  constructor(readonly layout: CgroupHierarchy) {}

  /** The smallest limit from the cgroup up to the tree's root, and who sets it. Nearest wins among equals. */
  effective(path: string): { limit_bytes: number | null; limit_cgroup: string | null } {
    let limit: number | null = null;
    let from: string | null = null;
    for (let at = path;; at = at.slice(0, at.lastIndexOf("/"))) {
      const own = this.#ownLimit(at);
      if (own !== null && (limit === null || own < limit)) {
        limit = own;
        from = at === "" ? "/" : at;
      }
      if (at === "") return { limit_bytes: limit, limit_cgroup: from };
    }
  }

  #ownLimit(path: string): number | null {
    const known = this.#own.get(path);
    if (known !== undefined) return known;
    const file = this.layout.memory === 1 ? "memory.limit_in_bytes" : "memory.max";
    const limit = parseLimit(readTextOrNull(`${this.layout.tree}${path}/${file}`));
    this.#own.set(path, limit);
    return limit;
  }
}

/** usage − inactive_file, floor 0: what `kubectl top` and cAdvisor call the working set. */
export function workingSet(usage: number | null, inactiveFile: number | null): number | null {
  return usage === null ? null : Math.max(0, usage - (inactiveFile ?? 0));
}

/** memory.stat alone, 20 µs: what a leak shows in. Returns inactive_file, which the working set is made with. */
export function readStat(layout: CgroupHierarchy, record: ContainerSample | UnitSample): number | null {
  const text = readTextOrNull(`${layout.tree}${record.cgroup}/memory.stat`) ?? "";
  const stat = layout.memory === 1 ? parseStatV1(text) : parseStatV2(text);
  record.anon_bytes = stat.anon_bytes;
  record.file_bytes = stat.file_bytes;
  record.shmem_bytes = stat.shmem_bytes;
  if (layout.memory === 1) {
    record.swap_bytes = stat.swap_bytes;
  } else {
    record.kernel_bytes = stat.kernel_bytes;
    record.kernel_unreclaimable_bytes = stat.kernel_unreclaimable_bytes;
    if ("id" in record) record.socket_bytes = stat.socket_bytes;
  }
  return stat.inactive_file_bytes;
}

/** kernfs gives no inode out twice while the machine runs (fs/kernfs/dir.c, 64 bit). */
function readInode(directory: string): number | null {
  try {
    return Deno.statSync(directory).ino;
  } catch {
    return null;
  }
}

/** Values that change rarely or matter only when they do, 80 µs: limits, events, pressure, tasks. */
export function readDetails(
  layout: CgroupHierarchy,
  limits: LimitReader,
  record: ContainerSample | UnitSample,
): void {
  const path = record.cgroup;
  record.cgroup_id = readInode(`${layout.tree}${path}`);
  const read = (file: string) => readTextOrNull(`${layout.tree}${path}/${file}`);
  const isV1 = layout.memory === 1;
  if (isV1) record.kernel_bytes = parseNumber(read("memory.kmem.usage_in_bytes"));
  else record.swap_bytes = parseNumber(read("memory.swap.current"));
  const { limit_bytes, limit_cgroup } = limits.effective(path);
  record.limit_bytes = limit_bytes;
  const pids = layout.pids ? readTextOrNull(`${layout.pids}${path}/pids.current`) : read("pids.current");
  record.pids = parseNumber(pids);
  const events = parseFlatKeyed(read(isV1 ? "memory.oom_control" : "memory.events") ?? "");
  record.oom_kills = events.get("oom_kill") ?? null;
  if (!("id" in record)) return;
  // A stopped container may leave its cgroup behind for a while, with a few pages charged to it.
  record.state = record.pids === 0 ? "stopped" : "running";
  record.limit_cgroup = limit_cgroup;
  if (isV1) record.socket_bytes = parseNumber(read("memory.kmem.tcp.usage_in_bytes"));
  record.events_max = isV1 ? parseNumber(read("memory.failcnt")) : events.get("max") ?? null;
  record.oom_events = events.get("oom") ?? null;
  const pressure = parsePressureTotals(
    layout.unified ? readTextOrNull(`${layout.unified}${path}/memory.pressure`) : null,
  );
  record.pressure_some_microseconds = pressure.some;
  record.pressure_full_microseconds = pressure.full;
}
