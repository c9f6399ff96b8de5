/** The only file of profile/ that starts other programs: trusted files by absolute path, bounded in time and output. */

import { ProfileError } from "./errors.ts";

/** Programs that may be started. */
export type ToolName =
  | "perf"
  | "gdb"
  | "nsenter"
  | "addr2line"
  | "c++filt"
  | "rustfilt"
  | "go"
  | "jcmd"
  | "jfr"
  | "dotnet-gcdump"
  | "ruby"
  | "python3";

const DIRECTORIES = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Absolute path of a tool, null where it is not installed or may be written by others: root must not run what a user placed.
 * PATH is not asked.
 */
export function findTool(name: ToolName): string | null {
  for (const directory of DIRECTORIES) {
    try {
      const path = Deno.realPathSync(`${directory}/${name}`);
      if (isTrusted(path)) return path;
    } catch {
      // Not there.
    }
  }
  return null;
}

/** Owned by root or by us and not writable by others, and so every folder above it. */
function isTrusted(path: string): boolean {
  const info = Deno.statSync(path);
  if (!info.isFile || !((info.mode ?? 0) & 0o111)) return false;
  for (let at = path;; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    const { uid, mode } = Deno.statSync(at);
    const isSticky = ((mode ?? 0) & 0o1000) !== 0;
    if ((uid !== 0 && uid !== Deno.uid()) || (((mode ?? 0o777) & 0o022) !== 0 && !isSticky)) return false;
    if (at === "/") return true;
  }
}

export interface ToolOptions {
  /** The tool is ended after this. */
  seconds: number;
  /** Bytes of standard output kept and read; beyond it the tool is ended and `truncated` set. Default 64 MiB. */
  max_stdout_bytes?: number;
  /** Takes each line of standard output as it comes; nothing is kept then, and `max_stdout_bytes` bounds what is read. */
  on_line?: (line: string) => void;
  /** Runs it as this user, where we are root: a tool that parses the target's own files needs no more rights than it. */
  as_user?: { uid: number; gid: number };
  /** Ends the tool early, by SIGINT: perf then writes what it has. */
  signal?: AbortSignal;
  /** Text for its standard input. */
  stdin?: string;
  /**
   * Runs once the tool has printed its first line; the tool's standard input stays open for as long, and its end is the
   * tool's sign to stop. Excludes `on_line` and `stdin`.
   */
  until?: () => Promise<void>;
  /**
   * It must run to its end though leakwatch dies: gdb with a call pending in the target. Everything else is ended by the
   * watchdog. Such a tool must bring its own time limit.
   */
  must_finish?: boolean;
  /** Added to the clean environment. */
  env?: Record<string, string>;
}

export interface ToolOutcome {
  code: number;
  stdout: Uint8Array<ArrayBuffer>;
  /** The first 64 KiB. */
  stderr: string;
  truncated: boolean;
  timed_out: boolean;
}

const MAX_STDOUT_BYTES = 64 << 20;
const MAX_STDERR_BYTES = 64 << 10;

/** Mark our children in their environment, so that the watchdog finds them after a SIGKILL: see undo/end_tools.ts. */
export const RUN_VARIABLE = "LEAKWATCH_PROFILE_RUN";
export const WAIT_VARIABLE = "LEAKWATCH_PROFILE_WAIT";
/** Random name of this run. */
export const RUN_ID = crypto.randomUUID().replaceAll("-", "").slice(0, 12);

/** Starts the watchdog (guards/watchdog.ts) in a session of its own: no Ctrl-C of the terminal reaches it. */
export function spawnWatchdog([program, ...args]: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(program!, {
    args,
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    detached: true,
  }).spawn();
}

export interface OwnRun {
  /** Program and arguments of a further leakwatch. */
  command: readonly string[];
  /** `/proc/PID/ns/net` of the network namespace in which it runs; left out: ours. Needs nsenter and root. */
  network_namespace?: string;
  /** It is asked to end (SIGTERM) after this, and killed where it has not done so in the time that undoing takes. */
  seconds: number;
  max_stdout_bytes: number;
  /** Asks it to end: it then reports what it has. */
  signal?: AbortSignal;
}

/** Names the process with which a further leakwatch ends: what it does must not go on unseen. */
export const PARENT_VARIABLE = "LEAKWATCH_PROFILE_PARENT";
/** For an orderly end: undoing closes an inspector, stops a recording, waits for gdb. */
const UNDO_SECONDS = 20;

/**
 * Runs leakwatch again, in a session of its own, and resolves when it and its watchdog have ended: the watchdog holds the same
 * standard error. Throws ProfileError where nsenter is needed and missing.
 */
export async function runOwn(run: OwnRun): Promise<ToolOutcome> {
  const [program, ...args] = run.network_namespace === undefined
    ? run.command
    : [requireTool("nsenter"), `--net=${run.network_namespace}`, "--", ...run.command];
  const child = new Deno.Command(program!, {
    args,
    cwd: "/",
    env: { [PARENT_VARIABLE]: String(Deno.pid) },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  let timed_out = false;
  let killing: ReturnType<typeof setTimeout> | undefined;
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended.
    }
  };
  const end = () => {
    if (killing !== undefined) return;
    kill("SIGTERM");
    killing = setTimeout(() => kill("SIGKILL"), UNDO_SECONDS * 1000);
  };
  const timer = setTimeout(() => {
    timed_out = true;
    end();
  }, run.seconds * 1000);
  run.signal?.addEventListener("abort", end);
  if (run.signal?.aborted) end();
  try {
    const [stdout, stderr, status] = await Promise.all([
      readBounded(child.stdout, run.max_stdout_bytes, end),
      readBounded(child.stderr, MAX_STDERR_BYTES, () => {}),
      child.status,
    ]);
    return {
      code: status.code,
      stdout: stdout.bytes,
      stderr: new TextDecoder().decode(stderr.bytes),
      truncated: stdout.truncated,
      timed_out,
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    run.signal?.removeEventListener("abort", end);
  }
}

function requireTool(name: ToolName): string {
  const path = findTool(name);
  if (path === null) throw new ProfileError(`needs ${name}, which is not installed`);
  return path;
}

/** Runs a tool to its end. Throws ProfileError where it is not installed; a failing tool is an outcome, not an error. */
export async function runTool(
  name: ToolName,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolOutcome> {
  const child = new Deno.Command(requireTool(name), {
    args: [...args],
    clearEnv: true,
    env: {
      PATH: DIRECTORIES.join(":"),
      LC_ALL: "C",
      HOME: "/nonexistent",
      DEBUGINFOD_URLS: "",
      [options.must_finish ? WAIT_VARIABLE : RUN_VARIABLE]: RUN_ID,
      ...options.env,
    },
    cwd: "/",
    stdin: options.until || options.stdin !== undefined ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    ...(options.as_user && Deno.uid() === 0 ? options.as_user : {}),
    // Ctrl-C on the terminal is leakwatch's to handle: tools are ended in order.
    detached: true,
  }).spawn();
  const end = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has ended.
    }
  };
  let timed_out = false;
  const timer = setTimeout(() => {
    timed_out = true;
    end("SIGKILL");
  }, options.seconds * 1000);
  const interrupt = () => end("SIGINT");
  options.signal?.addEventListener("abort", interrupt);
  if (options.signal?.aborted) interrupt();
  // An early end of the tool is no first line.
  const started = options.until ? Promise.withResolvers<boolean>() : null;
  const max_bytes = options.max_stdout_bytes ?? MAX_STDOUT_BYTES;
  const onLine = started ? () => started.resolve(true) : options.on_line;
  try {
    const [stdout, stderr, status] = await Promise.all([
      onLine
        ? readLines(child.stdout, max_bytes, onLine, () => end("SIGKILL"))
        : readBounded(child.stdout, max_bytes, () => end("SIGKILL")),
      readBounded(child.stderr, MAX_STDERR_BYTES, () => {}),
      child.status.finally(() => started?.resolve(false)),
      started && options.until ? holdOpen(child.stdin, started.promise, options.until) : null,
      options.stdin === undefined ? null : writeAll(child.stdin, options.stdin),
    ]);
    return {
      code: status.code,
      stdout: stdout.bytes,
      stderr: new TextDecoder().decode(stderr.bytes),
      truncated: stdout.truncated,
      timed_out,
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", interrupt);
  }
}

async function writeAll(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It did not want to read all of it.
  }
}

/** Closes the tool's standard input when `until` is over, or at once where it never started. */
async function holdOpen(
  stdin: WritableStream<Uint8Array>,
  started: Promise<boolean>,
  until: () => Promise<void>,
): Promise<void> {
  try {
    if (await started) await until();
  } finally {
    await stdin.close().catch(() => {});
  }
}

/** Reads a stream to its end but keeps `limit` bytes. */
async function readBounded(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  onTooMuch: () => void,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; truncated: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0, truncated = false;
  for await (const part of stream) {
    const kept = part.subarray(0, limit - length);
    if (kept.length > 0) parts.push(kept);
    length += kept.length;
    if (kept.length < part.length && !truncated) {
      truncated = true;
      onTooMuch();
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, truncated };
}

/** Longer lines are no output of a tool that we read by lines. */
const MAX_LINE_CHARACTERS = 64 << 10;

/** Hands on each line; ends the tool beyond `limit` bytes. */
async function readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limit: number,
  onLine: (line: string) => void,
  onTooMuch: () => void,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; truncated: boolean }> {
  const decoder = new TextDecoder();
  let rest = "", length = 0, truncated = false;
  for await (const part of stream) {
    if (truncated) continue;
    length += part.length;
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
    if (length > limit || rest.length > MAX_LINE_CHARACTERS) {
      truncated = true;
      onTooMuch();
    }
  }
  if (rest !== "" && !truncated) onLine(rest);
  return { bytes: new Uint8Array(), truncated };
}
