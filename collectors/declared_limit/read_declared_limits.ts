import type { DeclaredLimit } from "../../model/declared_limit.ts";
import { listRootDirectory, readRootFile } from "../process/root_file.ts";
import { memoryDirectory } from "../process/thread_group.ts";
import type { DeclaringProcess } from "./declaring_process.ts";
import { type FillTime, fillTime } from "./fill_times.ts";
import { declaredLimits } from "./programs.ts";

/** What the caller knows already. */
export interface Declaring {
  pid: number;
  /** Memory of the machine, and of the container that the process runs in (null: no limit). */
  machine_bytes: number;
  container_limit_bytes: number | null;
  /** As detectRuntime says; null where it has not looked. */
  runtime?: string | null;
  proc?: string;
}

/** Java class paths are long; MAX_ARG_STRLEN is 128 KiB for one argument. */
const MAX_BYTES = 256 * 1024;
/** Of all configuration files together: whoever runs the process may name a hundred large ones. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Of the environment only these are kept: it may hold secrets. */
const VARIABLES =
  /^(GOMEMLIMIT|NODE_OPTIONS|DENO_V8_FLAGS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS|PGDATA|MYSQL_HOME|RABBITMQ_CONFIG_FILE|ETCD_QUOTA_BACKEND_BYTES)$/;

/**
 * The limits that a process declares: its arguments, executable and environment, its parent's arguments, and up to a hundred
 * small files in its own root. For suspects only, once per identity (pid, start_ticks, exec_count): it takes one to some tens
 * of milliseconds (postgresql.conf) and opens files of others. Hidden processes declare nothing. Never throws.
 */
export function readDeclaredLimits(declaring: Declaring): DeclaredLimit[] {
  const process = describeProcess(declaring);
  return process === null ? [] : declaredLimits(process);
}

/** What a program is known to fill: bytes that it declares, or time. */
export interface Declarations {
  limits: DeclaredLimit[];
  fill_time: FillTime | null;
}

/** As `readDeclaredLimits`, with the time for which a program is known to fill its memory. */
export function readDeclarations(declaring: Declaring): Declarations {
  const process = describeProcess(declaring);
  return process === null
    ? { limits: [], fill_time: null }
    : { limits: declaredLimits(process), fill_time: fillTime(process) };
}

function describeProcess(
  { pid, machine_bytes, container_limit_bytes, runtime = null, proc = "/proc" }: Declaring,
): DeclaringProcess | null {
  const directory = memoryDirectory(pid, proc);
  const argv = readList(`${proc}/${pid}/cmdline`);
  const executable = readLink(`${directory}/exe`) ?? argv[0];
  if (executable === undefined) return null;
  const working = readLink(`${directory}/cwd`) ?? "/";
  const absolute = (path: string) => path.startsWith("/") ? path : `${working}/${path}`;
  const options = { proc, followLinks: true };
  let budget = MAX_FILE_BYTES;
  return {
    program: executable.replace(/ \(deleted\)$/, "").split("/").at(-1)!,
    argv,
    parent_argv: parentArguments(pid, proc),
    environment: readEnvironment(`${directory}/environ`),
    runtime,
    memory_bytes: Math.min(machine_bytes, container_limit_bytes ?? Infinity),
    readFile(path) {
      const file = budget > 0 ? readRootFile(pid, absolute(path), options) : null;
      budget -= file?.bytes.length ?? 0;
      return file === null ? null : new TextDecoder().decode(file.bytes);
    },
    listDirectory: (path) => listRootDirectory(pid, absolute(path), options),
  };
}

function parentArguments(pid: number, proc: string): string[] {
  try {
    const parent = /^PPid:\s+(\d+)/m.exec(Deno.readTextFileSync(`${proc}/${pid}/status`))?.[1];
    return parent === undefined || parent === "0" ? [] : readList(`${proc}/${parent}/cmdline`);
  } catch {
    return [];
  }
}

function readEnvironment(path: string): Map<string, string> {
  const pairs = readList(path).map((text): [string, string] => {
    const equals = text.indexOf("=");
    return [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
  });
  return new Map(pairs.filter(([name]) => VARIABLES.test(name)));
}

/** Zero-separated texts of cmdline or environ; empty where the file is hidden or gone. */
function readList(path: string): string[] {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(MAX_BYTES);
    let filled = 0;
    for (;;) {
      const count = file.readSync(bytes.subarray(filled));
      if (count === null || count === 0) break;
      filled += count;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, filled)).replace(/\0+$/, "");
    return text === "" ? [] : text.split("\0");
  } catch {
    return [];
  }
}

function readLink(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return null;
  }
}
