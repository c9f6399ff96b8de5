/** Runs other programs, in an environment of our own, with bounds and marked for the watchdog. */

import { readOutcome, signalChild, type ToolOutcome } from "./child_outcome.ts";
import { requireTool, TOOL_DIRECTORIES, type ToolName } from "./find_tool.ts";
import { RUN_ID, RUN_VARIABLE, WAIT_VARIABLE } from "./run_id.ts";

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

const MAX_STDOUT_BYTES = 64 << 20;

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
      PATH: TOOL_DIRECTORIES.join(":"),
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
  // An early end of the tool is no first line.
  const started = options.until ? Promise.withResolvers<boolean>() : null;
  const [outcome] = await Promise.all([
    readOutcome(child, {
      seconds: options.seconds,
      max_stdout_bytes: options.max_stdout_bytes ?? MAX_STDOUT_BYTES,
      on_line: started ? () => started.resolve(true) : options.on_line,
      signal: options.signal,
      end: () => signalChild(child, "SIGKILL"),
      interrupt: () => signalChild(child, "SIGINT"),
    }).finally(() => started?.resolve(false)),
    started && options.until ? holdOpen(child.stdin, started.promise, options.until) : null,
    options.stdin === undefined ? null : writeAll(child.stdin, options.stdin),
  ]);
  return outcome;
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
