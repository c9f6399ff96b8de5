/** Which functions of which mapped file allocate and free: where the probes go. */

import type { Target } from "../target.ts";
import { type ElfFunction, readElfFunctions } from "./elf.ts";
import { type FileMapping, mappedFilePath, readFileMappings } from "./maps.ts";

/** How a function's arguments are read; the first integer arguments of the C calling convention. */
export type CallKind = "malloc" | "calloc" | "realloc" | "memalign" | "free";

export interface AllocatorFunction extends ElfFunction {
  kind: CallKind;
}

export interface Allocator {
  /** `glibc`, `musl`, `jemalloc` …, `the executable`. */
  name: string;
  /** To the mapped file itself, for the kernel. */
  path: string;
  /** As the target names it. Hostile. */
  shown_path: string;
  functions: AllocatorFunction[];
}

/** C names, with the prefixes under which allocators are linked into programs, and C++'s operators (Itanium ABI mangling). */
const KINDS = new Map<string, CallKind>([
  ...["", "je_", "_rjem_", "tc_", "mi_"].flatMap((prefix): [string, CallKind][] => [
    [`${prefix}malloc`, "malloc"],
    [`${prefix}calloc`, "calloc"],
    [`${prefix}realloc`, "realloc"],
    [`${prefix}memalign`, "memalign"],
    [`${prefix}aligned_alloc`, "memalign"],
    [`${prefix}free`, "free"],
  ]),
  ["_Znwm", "malloc"],
  ["_Znam", "malloc"],
  ["_ZnwmRKSt9nothrow_t", "malloc"],
  ["_ZnamRKSt9nothrow_t", "malloc"],
  ["_ZdlPv", "free"],
  ["_ZdaPv", "free"],
  ["_ZdlPvm", "free"],
  ["_ZdaPvm", "free"],
]);
const NAMES = new Set(KINDS.keys());

/** In this order: a preloaded allocator takes the calls away from the libc. */
const LIBRARIES: [RegExp, string][] = [
  [/\/libjemalloc\.so[\d.]*$/, "jemalloc"],
  [/\/libtcmalloc\w*\.so[\d.]*$/, "tcmalloc"],
  [/\/libmimalloc[\w-]*\.so[\d.]*$/, "mimalloc"],
  [/\/libc(\.so\.6|-2\.\d+\.so)$/, "glibc"],
  // glibc's own libc.so is a script of the linker and never mapped.
  [/\/(ld-musl-[^/]+|libc\.musl-[^/]+|libc\.so)$/, "musl"],
];

/** The allocator of the target; null where none of its files names malloc and free. Reads only. */
export function findAllocator(target: Target): Allocator | null {
  const mappings = readFileMappings(target).filter(({ executable }) => executable);
  const own = mappings.find(({ path }) => path === target.executable);
  // An allocator that is linked into the program comes before the libc that it displaces.
  const linked = target.allocator !== null ? own : undefined;
  const libraries = LIBRARIES.flatMap(([pattern, name]) => {
    const mapping = mappings.find(({ path }) => pattern.test(path.replace(/ \(deleted\)$/, "")));
    return mapping === undefined ? [] : [{ name, mapping }];
  });
  const candidates: { name: string; mapping: FileMapping }[] = [
    ...libraries.filter(({ name }) => name !== "glibc" && name !== "musl"),
    ...(linked ? [{ name: `${target.allocator} in the executable`, mapping: linked }] : []),
    ...libraries.filter(({ name }) => name === "glibc" || name === "musl"),
    ...(own ? [{ name: "the executable", mapping: own }] : []),
  ];
  for (const { name, mapping } of candidates) {
    const path = mappedFilePath(target, mapping);
    const functions = chooseFunctions(readElfFunctions(path, NAMES));
    if (functions !== null) return { name, path, shown_path: mapping.path, functions };
  }
  return null;
}

/** One name for each place in the file; null where it cannot allocate or cannot free. Pure. */
export function chooseFunctions(found: readonly ElfFunction[]): AllocatorFunction[] | null {
  const byOffset = new Map<number, AllocatorFunction>();
  for (const one of [...found].sort((a, b) => a.name.length - b.name.length)) {
    const kind = KINDS.get(one.name);
    if (kind !== undefined && !byOffset.has(one.offset)) byOffset.set(one.offset, { ...one, kind });
  }
  const functions = [...byOffset.values()];
  const has = (kind: CallKind) => functions.some((one) => one.kind === kind);
  return has("malloc") && has("free") ? functions : null;
}
