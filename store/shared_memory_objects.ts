/** Shared memory as a list of things of one shape, for its log, and back. */

import type { ProcessRef, SharedMemory } from "../model/sample.ts";

export type SharedMemoryKind = "system-v" | "posix" | "memfd" | "tmpfs";

/** One segment, file or mount; or what is left of a kind beside its largest ones. */
export interface SharedMemoryObject {
  kind: SharedMemoryKind;
  /** Key of a System V segment, name of a file, path of a mount. Hostile. */
  name: string;
  /** Segment id or inode; 0 where the name says all. */
  id: number;
  /** null: a mount without a limit. */
  size_bytes: number | null;
  /** What of it takes memory. */
  used_bytes: number;
  swap_bytes: number | null;
  owner: string | null;
  creator_pid: number | null;
  attached: number | null;
  inodes_used: number | null;
  /** Pids that hold it, with spaces between. */
  holders: string | null;
  /** "ended" in its last row. */
  state: string | null;
}

const REST_NAME = "(others)";
/** Objects of one kind with rows of their own; the rest is summed up, so that sums stay whole. */
const MAX_OBJECTS = 40, MAX_HOLDERS = 16;

const NOTHING = {
  id: 0,
  swap_bytes: null,
  owner: null,
  creator_pid: null,
  attached: null,
  inodes_used: null,
  holders: null,
  state: null,
};

export const NO_OBJECT: SharedMemoryObject = {
  ...NOTHING,
  kind: "posix",
  name: "",
  size_bytes: null,
  used_bytes: 0,
};

export function toObjects(shared: SharedMemory): SharedMemoryObject[] {
  return [
    ...largest(shared.system_v.map((segment) => ({
      ...NOTHING,
      kind: "system-v",
      name: `0x${segment.key.toString(16)}`,
      id: segment.id,
      size_bytes: segment.size_bytes,
      used_bytes: segment.rss_bytes,
      swap_bytes: segment.swap_bytes,
      owner: segment.owner,
      creator_pid: segment.creator_pid,
      attached: segment.attached,
    }))),
    ...largest(shared.posix.map(({ name, size_bytes, owner, holders }) => ({
      ...NOTHING,
      kind: "posix",
      name,
      size_bytes,
      used_bytes: size_bytes,
      owner,
      holders: pidsOf(holders),
    }))),
    ...largest(shared.memfd.map(({ name, size_bytes, inode, holders }) => ({
      ...NOTHING,
      kind: "memfd",
      name,
      id: inode,
      size_bytes,
      used_bytes: size_bytes,
      holders: pidsOf(holders),
    }))),
    ...shared.tmpfs.map(({ mount, size_bytes, used_bytes, inodes_used }): SharedMemoryObject => ({
      ...NOTHING,
      kind: "tmpfs",
      name: mount,
      size_bytes,
      used_bytes,
      inodes_used,
    })),
  ];
}

/** `nameOf` tells the name of a process that is still known. */
export function fromObjects(
  objects: readonly SharedMemoryObject[],
  nameOf: (pid: number) => string,
): SharedMemory {
  const of = (kind: SharedMemoryKind) => objects.filter((object) => object.kind === kind);
  const holdersOf = ({ holders }: SharedMemoryObject): ProcessRef[] =>
    (holders ?? "").split(" ").filter(Boolean).map((pid) => ({
      pid: Number(pid),
      name: nameOf(Number(pid)),
    }));
  return {
    system_v: of("system-v").map((object) => ({
      key: Number(object.name) || 0,
      id: object.id,
      owner: object.owner ?? "",
      creator_pid: object.creator_pid ?? 0,
      size_bytes: object.size_bytes ?? 0,
      rss_bytes: object.used_bytes,
      swap_bytes: object.swap_bytes ?? 0,
      attached: object.attached ?? 0,
    })),
    posix: of("posix").map((object) => ({
      name: object.name,
      size_bytes: object.used_bytes,
      owner: object.owner ?? "",
      holders: holdersOf(object),
    })),
    memfd: of("memfd").map((object) => ({
      name: object.name,
      size_bytes: object.used_bytes,
      inode: object.id,
      holders: holdersOf(object),
    })),
    tmpfs: of("tmpfs").map((object) => ({
      mount: object.name,
      used_bytes: object.used_bytes,
      size_bytes: object.size_bytes,
      inodes_used: object.inodes_used,
    })),
  };
}

function largest(objects: SharedMemoryObject[]): SharedMemoryObject[] {
  if (objects.length <= MAX_OBJECTS) return objects;
  const bySize = objects.toSorted((a, b) => held(b) - held(a));
  const rest = bySize.slice(MAX_OBJECTS);
  const sum = (of: (object: SharedMemoryObject) => number | null) =>
    rest.reduce((total, object) => total + (of(object) ?? 0), 0);
  return [...bySize.slice(0, MAX_OBJECTS), {
    ...NOTHING,
    kind: rest[0]!.kind,
    name: REST_NAME,
    size_bytes: sum((object) => object.size_bytes),
    used_bytes: sum((object) => object.used_bytes),
    swap_bytes: sum((object) => object.swap_bytes),
    attached: sum((object) => object.attached),
  }];
}

const held = ({ used_bytes, swap_bytes }: SharedMemoryObject): number => used_bytes + (swap_bytes ?? 0);

const pidsOf = (holders: readonly ProcessRef[]): string | null =>
  holders.slice(0, MAX_HOLDERS).map(({ pid }) => pid).join(" ") || null;
