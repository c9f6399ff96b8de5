/** What the tables of limits may look at: everything is given, so that they are pure and can be tried without a process. */

import type { DeclaredLimit } from "../../model/declared_limit.ts";

export interface DeclaringProcess {
  /** Last part of the executable's path, as the kernel tells it. */
  program: string;
  /** Hostile, and rewritten by some programs (redis, PostgreSQL's backends, php-fpm). */
  argv: string[];
  /** The same of the process that started it: workers of a rewritten title are read by their master's. */
  parent_argv: string[];
  /** Empty where it is hidden. */
  environment: ReadonlyMap<string, string>;
  /** As the collectors recognise it ("go", "jvm", …); null where they have not looked. */
  runtime: string | null;
  /** Memory of the machine or of its container, whichever is smaller: what percentages are of. */
  memory_bytes: number;
  /** Text of a regular file of at most 1 MiB in the process's root; relative to its working directory; null otherwise. */
  readFile(path: string): string | null;
  /** Sorted names in a directory of the process's root. */
  listDirectory(path: string): string[] | null;
}

/** What a program declares; empty where it declares nothing. Never throws: what cannot be understood is left out. */
export type LimitReader = (process: DeclaringProcess) => DeclaredLimit[];

/** One row of the tables. */
export interface ProgramLimits {
  /** Of the executable's name. */
  program: RegExp;
  read: LimitReader;
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** The value an option or a file gave, and which of them it was. */
export interface Setting {
  text: string;
  source: string;
}

/** A limit from a setting, or from the program's default; null where neither is a size. */
export function limitOf(
  setting: Setting | null,
  parse: (text: string) => number | null,
  limit: Omit<DeclaredLimit, "bytes" | "source" | "is_default">,
  defaultBytes: number | null = null,
): DeclaredLimit[] {
  if (setting === null) {
    return defaultBytes === null
      ? []
      : [{ ...limit, bytes: defaultBytes, source: "default", is_default: true }];
  }
  const bytes = parse(setting.text);
  return bytes === null ? [] : [{ ...limit, bytes, source: setting.source, is_default: false }];
}

export const onCommandLine = (text: string | null): Setting | null =>
  text === null ? null : { text, source: "command line" };

export const inEnvironment = (text: string | undefined): Setting | null =>
  text === undefined || text === "" ? null : { text, source: "environment" };
