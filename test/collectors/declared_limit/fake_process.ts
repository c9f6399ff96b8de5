import type { DeclaringProcess } from "../../../collectors/declared_limit/mod.ts";

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

export interface Fake extends Partial<Omit<DeclaringProcess, "environment">> {
  environment?: Record<string, string>;
  /** Absolute path → text; relative paths are as the program wrote them. */
  files?: Record<string, string>;
}

/** A process on a machine of 16 GiB whose arguments are given as one line. */
export function fakeProcess(
  line: string,
  { files = {}, environment = {}, ...rest }: Fake = {},
): DeclaringProcess {
  const argv = line === "" ? [] : line.split(" ");
  return {
    program: (argv[0] ?? "").split("/").at(-1)!,
    argv,
    parent_argv: [],
    environment: new Map(Object.entries(environment)),
    runtime: null,
    memory_bytes: 16 * GIB,
    readFile: (path) => files[path] ?? null,
    listDirectory(path) {
      const names = Object.keys(files).filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1)).filter((name) => !name.includes("/"));
      return names.length === 0 ? null : names.sort();
    },
    ...rest,
  };
}
