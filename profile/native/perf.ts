/** perf(1) on one process: counting, recording, reading back. */

import { ProfileError } from "../errors.ts";
import { measureGrowth, waitWindow } from "../growth.ts";
import { runTool } from "../run_tool.ts";
import { assertSame, type Target } from "../target.ts";
import { type PerfEvent, PerfScriptParser } from "./perf_script.ts";

export interface Recording {
  file: string;
  /** Growth of the target's memory in exactly the seconds in which events were recorded. */
  growth_bytes: number | null;
  seconds: number;
  /** It was ended because the file reached its bound. */
  is_full: boolean;
}

/** Events of each kind in `seconds`; Deno.errors never escape. Throws ProfileError. */
export async function countEvents(
  target: Target,
  events: readonly string[],
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const { code, stderr } = await runTool("perf", statCommand(target, events, seconds), {
    seconds: seconds + 20,
    signal,
  });
  const counts = stderr.split("\n").map((line) => /^(\d+),/.exec(line)?.[1]).filter((count) =>
    count !== undefined
  );
  if (counts.length === 0) throw perfError("perf stat", code, stderr, target);
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

export function statCommand({ pid }: Target, events: readonly string[], seconds: number): string[] {
  return [
    "stat",
    "-x",
    ",",
    ...events.flatMap((event) => ["-e", event]),
    "-p",
    String(pid),
    "--",
    "sleep",
    String(seconds),
  ];
}

export interface RecordOptions {
  /** `-e` with filters and the like, in order. */
  events: readonly string[];
  /** Bytes of the stack copied with each event, for the unwinder; a multiple of 8. */
  stack_bytes: number;
  seconds: number;
  max_bytes: number;
  signal: AbortSignal;
}

/**
 * Records into a file in `directory`. perf takes seconds to begin and to end on a busy machine, so it gets a command that says
 * when recording has begun and ends with its input: growth is measured between the two. Throws ProfileError.
 */
export async function record(target: Target, directory: string, options: RecordOptions): Promise<Recording> {
  const file = `${directory}/perf.data`;
  let grown: ReturnType<ReturnType<typeof measureGrowth>> | null = null;
  assertSame(target);
  const { code, stderr, timed_out } = await runTool("perf", recordCommand(target, file, options), {
    seconds: options.seconds + 90,
    async until() {
      const growth = measureGrowth(target);
      await waitWindow(options.seconds, options.signal);
      grown = growth();
    },
  });
  if (timed_out) {
    throw new ProfileError("perf record did not end in time; the machine is too busy for this method");
  }
  const size = sizeOf(file);
  if (size === 0 || grown === null) throw perfError("perf record", code, stderr, target);
  return {
    file,
    ...(grown as { growth_bytes: number | null; seconds: number }),
    is_full: size >= options.max_bytes,
  };
}

/** `-B -N`: no build ids, no copies of libraries in a cache; `-m`: buffer pages, so that bursts are not lost. */
export function recordCommand({ pid }: Target, file: string, options: RecordOptions): string[] {
  return [
    "record",
    ...["-q", "-B", "-N", "-o", file, "-m", String(bufferPages())],
    ...["--max-size", `${Math.max(1, Math.floor(options.max_bytes / 1024))}K`],
    ...["--call-graph", `dwarf,${options.stack_bytes}`],
    ...options.events,
    ...["-p", String(pid), "--", "sh", "-c", "echo; read end"],
  ];
}

const PAGE_BYTES = 4096;
/** There is a buffer for each processor: 64 MiB in all, 16 MiB each at most. */
const MAX_BUFFER_BYTES = 64 << 20;

function bufferPages(): number {
  const pages = MAX_BUFFER_BYTES / PAGE_BYTES / navigator.hardwareConcurrency;
  return 2 ** Math.min(12, Math.max(6, Math.floor(Math.log2(pages))));
}

function sizeOf(file: string): number {
  try {
    return Deno.statSync(file).size;
  } catch {
    return 0;
  }
}

/** Unwinding and naming stacks may take longer than recording them; a limit ends it with what there is. */
const SCRIPT_SECONDS = 180;
/** Text is some ten times smaller than stacks. */
const MAX_SCRIPT_BYTES = 2 ** 30;

/** Reads a recording back, event by event. Resolves to the number of events that perf lost. */
export async function readRecording(
  target: Target,
  { file }: Recording,
  onEvent: (event: PerfEvent) => void,
  signal: AbortSignal,
): Promise<{ lost_events: number; truncated: boolean }> {
  // A child that the target forks is recorded, too.
  const parser = new PerfScriptParser((event) => event.pid === target.pid && onEvent(event));
  const { code, stderr, timed_out, truncated } = await runTool("perf", scriptCommand(file), {
    seconds: SCRIPT_SECONDS,
    max_stdout_bytes: MAX_SCRIPT_BYTES,
    on_line: (line) => parser.line(line),
    signal: undefinedIfAborted(signal),
  });
  parser.end();
  if (code !== 0 && !timed_out && !truncated) throw perfError("perf script", code, stderr, target);
  return { lost_events: parser.lost_events, truncated: timed_out || truncated };
}

export function scriptCommand(file: string): string[] {
  return [
    "script",
    "--no-inline",
    "--show-lost-events",
    "-i",
    file,
    "-F",
    "pid,tid,time,event,trace,ip,sym,dso",
  ];
}

/** A window that was ended early is still read; only a later stop ends the reading. */
function undefinedIfAborted(signal: AbortSignal): AbortSignal | undefined {
  return signal.aborted ? undefined : signal;
}

function perfError(what: string, code: number, stderr: string, target: Target): ProfileError {
  assertSame(target);
  const line = stderr.split("\n").map((text) => text.trim()).find((text) =>
    text !== "" && !text.startsWith("'trace'")
  );
  return new ProfileError(`${what} failed (${code}): ${(line ?? "no message").slice(0, 200)}`);
}
