import { findInConstants, readElfSections } from "./elf.ts";
import { memoryDirectory } from "./thread_group.ts";
import { readExecutable } from "../procfs/cmdline.ts";
import type { ProcessRuntime, Runtime } from "../../model/runtime.ts";
import { parseMapping, readLines } from "../procfs/maps.ts";

/** A mapped file of this name means this runtime. Files first: they tell the truth where a name may be anything. */
const RUNTIME_FILES: [RegExp, Runtime][] = [
  [/\/libjvm\.so$/, "jvm"],
  [/\/libcoreclr\.so$/, "dotnet"],
  [/\/libpython[\d.]+[a-z]*\.so[\d.]*$/, "python"],
  [/\/libruby(-[\d.]+)?\.so[\d.]*$/, "ruby"],
  [/\/libphp[\d.]*\.so$/, "php"],
  [/\/libperl\.so[\d.]*$/, "perl"],
  [/\/libnode\.so[\d.]*$/, "node"],
];

/** Name of the executable, where the runtime is linked into it. */
const RUNTIME_EXECUTABLES: [RegExp, Runtime][] = [
  [/^java$/, "jvm"],
  [/^(node|nodejs)(-?\d+)?$/, "node"],
  [/^(deno|denort|leakwatch)$/, "deno"],
  [/^bun$/, "bun"],
  [/^(python|pypy)[\d.]*$/, "python"],
  [/^(ruby[\d.]*|jruby)$/, "ruby"],
  [/^php(-fpm|-cgi)?[\d.]*$/, "php"],
  [/^dotnet$/, "dotnet"],
  [/^perl[\d.]*$/, "perl"],
  [/^beam(\.smp)?$/, "erlang"],
];

const ALLOCATOR_FILES: [RegExp, NonNullable<ProcessRuntime["allocator"]>][] = [
  [/\/libjemalloc\.so[\d.]*$/, "jemalloc"],
  [/\/libtcmalloc[\w]*\.so[\d.]*$/, "tcmalloc"],
  [/\/libmimalloc[\w-]*\.so[\d.]*$/, "mimalloc"],
];

/** Judges by names alone: the executable's path and the files that are mapped. Pure. */
export function recogniseRuntime(executable: string | null, mappedFiles: Iterable<string>): ProcessRuntime {
  const found: ProcessRuntime = { runtime: null, libc: null, allocator: null };
  for (const mapped of mappedFiles) {
    const path = withoutDeleted(mapped);
    found.runtime ??= matching(RUNTIME_FILES, path);
    found.allocator ??= matching(ALLOCATOR_FILES, path);
    if (/\/ld-musl-[^/]+$|\/libc\.musl-[^/]+$/.test(path)) found.libc ??= "musl";
    else if (/\/libc(\.so\.6|-2\.\d+\.so)$/.test(path)) found.libc ??= "glibc";
  }
  const name = withoutDeleted(executable ?? "").split("/").at(-1) ?? "";
  found.runtime ??= matching(RUNTIME_EXECUTABLES, name);
  return found;
}

function matching<T>(table: [RegExp, T][], text: string): T | null {
  return table.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

function withoutDeleted(path: string): string {
  return path.endsWith(" (deleted)") ? path.slice(0, -" (deleted)".length) : path;
}

/**
 * What a process is made with. Reads its maps (not smaps: no page is walked) and, where that says nothing, the section names
 * of its executable and the messages in it. Where it is hidden (only root and the owner may look) all is null.
 */
export function detectRuntime(pid: number, proc = "/proc"): ProcessRuntime {
  const directory = memoryDirectory(pid, proc);
  const files = new Set<string>();
  try {
    for (const line of readLines(`${directory}/maps`)) {
      const name = parseMapping(line)?.name ?? "";
      if (name.startsWith("/")) files.add(name);
    }
  } catch {
    // Hidden or gone: the executable's name may still tell.
  }
  const found = recogniseRuntime(readExecutable(directory), files);
  if (found.runtime === null) inspectExecutable(`${directory}/exe`, found);
  return found;
}

/** What allocators say in their messages, where they are linked into the program (Rust's jemallocator, redis). */
const ALLOCATOR_MESSAGES: Record<string, NonNullable<ProcessRuntime["allocator"]>> = {
  "<jemalloc>: ": "jemalloc",
  "tcmalloc: large alloc": "tcmalloc",
  "mimalloc: ": "mimalloc",
};

function inspectExecutable(path: string, found: ProcessRuntime): void {
  const sections = readElfSections(path);
  // Go programs are mostly static; these sections survive strip(1) and the linker's -s -w.
  if (sections.some(({ name }) => name === ".gopclntab" || name === ".go.buildinfo")) {
    found.runtime = "go";
  } else if (found.allocator === null) {
    const message = findInConstants(path, sections, Object.keys(ALLOCATOR_MESSAGES));
    if (message !== null) found.allocator = ALLOCATOR_MESSAGES[message]!;
  }
}
