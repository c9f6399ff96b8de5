/**
 * The closer look at the process somebody has opened: mappings and kinds of descriptors. smaps walks page tables under the
 * process's memory lock, so it is read again only when its last reading is long enough ago to cost no more than a
 * hundredth of a core.
 */

import type { Roots } from "../../collectors/roots.ts";
import { readDescriptorKinds } from "../../collectors/process/descriptor_kinds.ts";
import type { ProcessSample } from "../../model/sample.ts";
import { type MappingGroup, readSmaps } from "../../collectors/procfs/smaps.ts";
import type { Inspection } from "../../ui/server/ports.ts";

const MIN_SECONDS = 10;
const COST_SHARE = 0.01;
const MAX_PROCESSES = 32;
const MAX_GROUPS = 24;

interface Inspected {
  first: Map<string, number>;
  latest: Inspection;
  next_at: number;
}

export class Inspector {
  readonly #inspected = new Map<string, Inspected>();

  constructor(readonly roots: Roots) {}

  /** Reads, or gives what was read a moment ago. */
  inspect(process: ProcessSample): Inspection {
    const key = `${process.pid}-${process.start_ticks}-${process.exec_count}`;
    const known = this.#inspected.get(key);
    const begin = performance.now();
    if (known && begin < known.next_at) return known.latest;
    const groups = readSmaps(process.pid, this.roots.proc);
    const first = known?.first ?? new Map(groups?.map((group) => [nameOf(group), ownBytes(group)]));
    const latest: Inspection = {
      mapping_groups: groups && shown(groups, known ? first : null),
      descriptor_kinds: readDescriptorKinds(process.pid, this.roots.proc),
      pss_bytes: groups && sum(groups, "pss_bytes"),
      uss_bytes: groups && sum(groups, "private_bytes"),
    };
    const end = performance.now();
    this.#inspected.delete(key);
    this.#inspected.set(key, {
      first,
      latest,
      next_at: end + Math.max(MIN_SECONDS * 1000, (end - begin) / COST_SHARE),
    });
    if (this.#inspected.size > MAX_PROCESSES) this.#inspected.delete(this.#inspected.keys().next().value!);
    return latest;
  }
}

const nameOf = (group: MappingGroup): string => group.name ? `${group.kind} ${group.name}` : group.kind;
const ownBytes = (group: MappingGroup): number => group.rss_bytes + group.swap_bytes;
const sum = (groups: readonly MappingGroup[], field: "pss_bytes" | "private_bytes"): number =>
  groups.reduce((total, group) => total + group[field], 0);

/** The largest, and every one that grew. */
function shown(
  groups: readonly MappingGroup[],
  first: Map<string, number> | null,
): Inspection["mapping_groups"] {
  return groups
    .map((group) => ({
      name: nameOf(group),
      count: group.count,
      rss_bytes: group.rss_bytes,
      change_bytes: first && ownBytes(group) - (first.get(nameOf(group)) ?? 0),
    }))
    .sort((a, b) => (b.change_bytes ?? 0) - (a.change_bytes ?? 0) || b.rss_bytes - a.rss_bytes)
    .slice(0, MAX_GROUPS);
}
