import { memoryDirectory } from "../process/thread_group.ts";
import { kindOfMapping } from "../process/mapping_kind.ts";
import type { MappingKind } from "../process/mapping_kind.ts";
import type { Mapping } from "./maps.ts";
import { parseMapping, readLines } from "./maps.ts";

/** One mapping with what of it is in memory. */
export interface MappingUsage extends Mapping {
  rss_bytes: number;
  pss_bytes: number;
  private_bytes: number;
  anonymous_bytes: number;
  swap_bytes: number;
}

/** Mappings of one process that are of one kind and, where they have one, of one name. */
export interface MappingGroup {
  kind: MappingKind;
  /** Path or name; "" where the kind says all. Hostile. */
  name: string;
  count: number;
  size_bytes: number;
  rss_bytes: number;
  pss_bytes: number;
  private_bytes: number;
  anonymous_bytes: number;
  swap_bytes: number;
}

/** "Rss:   12 kB" → name and bytes; null for other lines (heads of mappings, VmFlags). */
export function parseSmapsField(line: string): { name: string; bytes: number } | null {
  const match = /^([A-Za-z_]+):\s+(\d+) kB$/.exec(line);
  return match === null ? null : { name: match[1]!, bytes: Number(match[2]) * 1024 };
}

const FIELDS = new Map<
  string,
  "rss_bytes" | "pss_bytes" | "private_bytes" | "anonymous_bytes" | "swap_bytes"
>([
  ["Rss", "rss_bytes"],
  ["Pss", "pss_bytes"],
  ["Private_Clean", "private_bytes"],
  ["Private_Dirty", "private_bytes"],
  ["Private_Hugetlb", "private_bytes"],
  ["Anonymous", "anonymous_bytes"],
  ["Swap", "swap_bytes"],
]);

/** Mappings from the lines of a smaps; lines it does not know are passed over. Never throws of itself. */
export function* parseSmaps(lines: Iterable<string>): Generator<MappingUsage> {
  let usage: MappingUsage | null = null;
  for (const line of lines) {
    // Fields begin with a capital letter, heads with a hexadecimal address in small letters.
    const first = line.charCodeAt(0);
    if (first >= 65 && first <= 90) {
      const field = parseSmapsField(line);
      const into = field === null ? undefined : FIELDS.get(field.name);
      if (usage !== null && into !== undefined) usage[into] += field!.bytes;
      continue;
    }
    const mapping = parseMapping(line);
    if (mapping === null) continue;
    if (usage !== null) yield usage;
    usage = { ...mapping, rss_bytes: 0, pss_bytes: 0, private_bytes: 0, anonymous_bytes: 0, swap_bytes: 0 };
  }
  if (usage !== null) yield usage;
}

/** Sums mappings by kind and name, largest resident first. The order of addresses decides what an anonymous one is. */
export function groupMappings(mappings: Iterable<MappingUsage>): MappingGroup[] {
  const groups = new Map<string, MappingGroup>();
  let before: MappingUsage | null = null;
  let current: MappingUsage | null = null;
  const add = (after: MappingUsage | null) => {
    if (current === null) return;
    const { kind, name } = kindOfMapping(current, before, after);
    const key = `${kind}\0${name}`;
    const group = groups.get(key) ?? emptyGroup(kind, name);
    groups.set(key, group);
    group.count++;
    group.size_bytes += current.end - current.begin;
    group.rss_bytes += current.rss_bytes;
    group.pss_bytes += current.pss_bytes;
    group.private_bytes += current.private_bytes;
    group.anonymous_bytes += current.anonymous_bytes;
    group.swap_bytes += current.swap_bytes;
  };
  for (const mapping of mappings) {
    add(mapping);
    before = current;
    current = mapping;
  }
  add(null);
  return [...groups.values()].sort((a, b) => b.rss_bytes + b.swap_bytes - a.rss_bytes - a.swap_bytes);
}

function emptyGroup(kind: MappingKind, name: string): MappingGroup {
  return {
    kind,
    name,
    count: 0,
    size_bytes: 0,
    rss_bytes: 0,
    pss_bytes: 0,
    private_bytes: 0,
    anonymous_bytes: 0,
    swap_bytes: 0,
  };
}

/**
 * What the memory of one process is made of. The dearest read there is (2.5 times smaps_rollup): for suspects, at the ends
 * of a window, and on demand. null where the process is gone, has no memory, or is hidden (only root and the owner may).
 */
export function readSmaps(pid: number, proc = "/proc"): MappingGroup[] | null {
  try {
    const groups = groupMappings(parseSmaps(readLines(`${memoryDirectory(pid, proc)}/smaps`)));
    return groups.length === 0 ? null : groups;
  } catch {
    return null;
  }
}
