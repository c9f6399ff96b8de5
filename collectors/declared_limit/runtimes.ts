/** Go and PHP. */

import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { type DeclaringProcess, inEnvironment, limitOf, MIB, onCommandLine } from "./declaring_process.ts";
import type { ProgramLimits, Setting } from "./declaring_process.ts";
import { beside, expand, parseIni } from "./config_files.ts";
import { optionValues } from "./options.ts";
import { BINARY, parseProgramSize } from "./size.ts";

/**
 * https://go.dev/doc/gc-guide#Memory_limit: GOMEMLIMIT, in bytes or with B, KiB, MiB, GiB, TiB. A soft limit: the collector
 * works harder near it. What debug.SetMemoryLimit sets is not to be seen from outside.
 */
export function readGo({ environment }: DeclaringProcess): DeclaredLimit[] {
  return limitOf(inEnvironment(environment.get("GOMEMLIMIT")), (text) => parseProgramSize(text, BINARY), {
    name: "GOMEMLIMIT",
    what: "memory",
    // Memory of C code and the pages of the executable are not counted in it.
    overhead_ratio: 0.1,
    overhead_bytes: 64 * MIB,
    fills_up: false,
    shape: "soft: the collector runs more and more often near it",
  });
}

/** https://www.php.net/manual/en/ini.core.php#ini.memory-limit: per request, 128M by default, -1 for none. */
const MEMORY_LIMIT = {
  name: "memory_limit",
  what: "request",
  /** What extensions allocate by themselves is not counted; opcode caches are shared. */
  overhead_ratio: 0.2,
  overhead_bytes: 64 * MIB,
  fills_up: false,
  shape: "cap on what one request may allocate; its end frees it",
} as const;

function readPhp(process: DeclaringProcess): DeclaredLimit[] {
  const given = optionValues(process.argv, ["-d", "--define"], "n").findLast((text) =>
    /^memory_limit=/.test(text)
  );
  const setting = given === undefined
    ? lastIniValue(process, iniFiles(process))
    : onCommandLine(given.slice("memory_limit=".length));
  return limitOf(setting, parseProgramSize, MEMORY_LIMIT, 128 * MIB);
}

/** The worker's title names its pool, the master's names the configuration: "php-fpm: master process (PATH)". */
function readPhpFpm(process: DeclaringProcess): DeclaredLimit[] {
  const pool = /^php-fpm: pool (\S+)/.exec(process.argv[0] ?? "")?.[1] ?? null;
  const titles = `${process.argv[0] ?? ""}\n${process.parent_argv[0] ?? ""}`;
  const configuration = /php-fpm: master process \((\/[^)\n]+)\)/.exec(titles)?.[1] ?? null;
  if (configuration === null) return limitOf(null, parseProgramSize, MEMORY_LIMIT, 128 * MIB);
  const setting = poolSetting(process, configuration, pool) ??
    lastIniValue(process, [beside(configuration, "php.ini"), beside(configuration, "php/php.ini")]);
  return limitOf(setting, parseProgramSize, MEMORY_LIMIT, 128 * MIB);
}

function poolSetting(process: DeclaringProcess, configuration: string, pool: string | null): Setting | null {
  const files = [configuration];
  for (const { key, value } of parseIni(process.readFile(configuration) ?? "").lines) {
    if (key === "include") files.push(...expand(process, beside(configuration, value)));
  }
  return files.slice(0, 100).flatMap((source) =>
    parseIni(process.readFile(source) ?? "").lines
      .filter(({ section, key }) =>
        (pool === null || section === pool) && /^php_(admin_)?(value|flag)\[memory_limit\]$/.test(key)
      )
      .map(({ value: text }) => ({ text, source }))
  ).at(-1) ?? null;
}

/** Debian keeps one directory per version, the container images one for all. */
function iniFiles({ program, argv }: DeclaringProcess): string[] {
  const named = optionValues(argv, ["-c", "--php-ini"], "").at(-1);
  if (named !== undefined) return [named, `${named}/php.ini`];
  const version = /(\d+\.\d+)$/.exec(program)?.[1];
  return [...(version ? [`/etc/php/${version}/cli/php.ini`] : []), "/usr/local/etc/php/php.ini"];
}

function lastIniValue(process: DeclaringProcess, files: string[]): Setting | null {
  return files.flatMap((source) =>
    parseIni(process.readFile(source) ?? "").lines
      .filter(({ key }) => key === "memory_limit")
      .map(({ value: text }) => ({ text, source }))
  ).at(-1) ?? null;
}

export const RUNTIMES: ProgramLimits[] = [
  { program: /^php-fpm[\d.]*$/, read: readPhpFpm },
  { program: /^php[\d.]*$/, read: readPhp },
];
