import type { Mapping } from "../procfs/maps.ts";

/**
 * heap: the brk heap. arena: a further heap of glibc's malloc, one or more per thread. thread-stack, main-stack. anonymous:
 * large allocations, other allocators, other languages' heaps. jit: code made at run time. named: [anon:NAME], named by the
 * program (prctl PR_SET_VMA_ANON_NAME). kernel: vdso, vvar.
 */
export type MappingKind =
  | "heap"
  | "arena"
  | "thread-stack"
  | "main-stack"
  | "anonymous"
  | "named"
  | "jit"
  | "memfd"
  | "posix-shm"
  | "system-v"
  | "file"
  | "kernel";

const MIB = 1024 * 1024;
/** HEAP_MAX_SIZE of glibc's malloc/arena.c on 64-bit machines: an arena reserves this much, aligned to it. */
const ARENA_BYTES = 64 * MIB;
/** Guards are a page or a few; allocators' reservations are larger. */
const LARGEST_GUARD_BYTES = 64 * 1024;
const SMALLEST_STACK_BYTES = 16 * 1024;
const LARGEST_STACK_BYTES = 1024 * MIB;

/**
 * What a mapping is, from its name, or from its neighbours by address where it has none. Reservations that carry no
 * access belong to the arena that they complete.
 */
export function kindOfMapping(
  mapping: Mapping,
  before: Mapping | null,
  after: Mapping | null,
): { kind: MappingKind; name: string } {
  const { name, permissions } = mapping;
  if (name !== "") return namedKind(name, permissions);
  if (permissions.includes("x")) return { kind: "jit", name: "" };
  if (isArena(mapping, after) || (before !== null && isArena(before, mapping))) {
    return { kind: "arena", name: "" };
  }
  if (isThreadStack(mapping, before)) return { kind: "thread-stack", name: "" };
  return { kind: "anonymous", name: "" };
}

function namedKind(name: string, permissions: string): { kind: MappingKind; name: string } {
  if (name === "[heap]") return { kind: "heap", name: "" };
  if (name === "[stack]") return { kind: "main-stack", name: "" };
  if (name.startsWith("[stack:")) return { kind: "thread-stack", name: "" }; // Linux 3.4 to 4.4
  // glibc.mem.decorate_maps names what else has to be guessed.
  if (name.startsWith("[anon: glibc: pthread stack")) return { kind: "thread-stack", name: "" };
  if (name.startsWith("[anon: glibc: malloc arena")) return { kind: "arena", name: "" };
  if (name.startsWith("[anon:") || name.startsWith("[anon_shmem:")) {
    return { kind: "named", name: name.slice(name.indexOf(":") + 1, -1).trim() };
  }
  if (name.startsWith("[")) return { kind: "kernel", name };
  if (name.startsWith("/SYSV")) return { kind: "system-v", name: stripDeleted(name) };
  if (name.startsWith("/dev/shm/")) return { kind: "posix-shm", name: stripDeleted(name) };
  if (name.startsWith("/memfd:")) {
    // .NET and some JavaScript engines map their code twice through a memfd.
    const kind = permissions.includes("x") && !name.includes("sealed") ? "jit" : "memfd";
    return { kind, name: stripDeleted(name).slice("/memfd:".length) };
  }
  // A shared anonymous mapping is a deleted /dev/zero.
  if (name === "/dev/zero (deleted)") return { kind: "anonymous", name: "shared" };
  return { kind: "file", name };
}

function stripDeleted(name: string): string {
  return name.endsWith(" (deleted)") ? name.slice(0, -" (deleted)".length) : name;
}

function isArena(mapping: Mapping, after: Mapping | null): boolean {
  if (mapping.name !== "" || !mapping.permissions.startsWith("rw-p") || mapping.begin % ARENA_BYTES !== 0) {
    return false;
  }
  const length = mapping.end - mapping.begin;
  if (length === ARENA_BYTES) return true;
  return length < ARENA_BYTES && after !== null && after.name === "" && after.permissions === "---p" &&
    after.begin === mapping.end && after.end - mapping.begin >= ARENA_BYTES;
}

function isThreadStack(mapping: Mapping, before: Mapping | null): boolean {
  const length = mapping.end - mapping.begin;
  return mapping.permissions === "rw-p" && length >= SMALLEST_STACK_BYTES && length <= LARGEST_STACK_BYTES &&
    before !== null && before.end === mapping.begin && before.name === "" && before.permissions === "---p" &&
    before.end - before.begin <= LARGEST_GUARD_BYTES;
}
