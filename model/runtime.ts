/** What a program is made with: its runtime, its libc, its allocator. */

export type Runtime =
  | "jvm"
  | "node"
  | "deno"
  | "bun"
  | "python"
  | "ruby"
  | "go"
  | "php"
  | "dotnet"
  | "perl"
  | "erlang";

/** What a process is made with, as far as its executable and its mapped files tell. */
export interface ProcessRuntime {
  /** null: native code, or nothing we know. */
  runtime: Runtime | null;
  /** null: static, or hidden. */
  libc: "glibc" | "musl" | null;
  /** An allocator in place of the libc's. */
  allocator: "jemalloc" | "tcmalloc" | "mimalloc" | null;
}

/** The one word that decides how to look for a leak: the runtime, else the allocator, else the libc, else "native". */
export function memoryRuntimeOf(
  { runtime, allocator, libc }: ProcessRuntime,
): Runtime | "jemalloc" | "tcmalloc" | "mimalloc" | "glibc" | "musl" | "native" {
  return runtime ?? allocator ?? libc ?? "native";
}
