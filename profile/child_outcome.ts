/** What a child process says until it ends, bounded in time and output. */

export interface ToolOutcome {
  code: number;
  stdout: Uint8Array<ArrayBuffer>;
  /** The first 64 KiB. */
  stderr: string;
  truncated: boolean;
  timed_out: boolean;
}

export interface OutcomeOptions {
  seconds: number;
  max_stdout_bytes: number;
  /** Takes each line of standard output as it comes; nothing is kept then, and `max_stdout_bytes` bounds what is read. */
  on_line?: (line: string) => void;
  signal?: AbortSignal;
  /** Ends the child, when its seconds are over or its output is too long. */
  end(): void;
  /** Asks it to end early, when `signal` is aborted. */
  interrupt(): void;
}

const MAX_STDERR_BYTES = 64 << 10;

/** Resolves when the child has ended and all that it said is read. A failing child is an outcome, not an error. */
export async function readOutcome(child: Deno.ChildProcess, options: OutcomeOptions): Promise<ToolOutcome> {
  const { seconds, max_stdout_bytes, on_line, signal, end, interrupt } = options;
  let timed_out = false;
  const timer = setTimeout(() => {
    timed_out = true;
    end();
  }, seconds * 1000);
  signal?.addEventListener("abort", interrupt);
  if (signal?.aborted) interrupt();
  try {
    const [stdout, stderr, { code }] = await Promise.all([
      on_line
        ? readLines(child.stdout, max_stdout_bytes, on_line, end)
        : readBounded(child.stdout, max_stdout_bytes, end),
      readBounded(child.stderr, MAX_STDERR_BYTES, () => {}),
      child.status,
    ]);
    return {
      code,
      stdout: stdout.bytes,
      stderr: new TextDecoder().decode(stderr.bytes),
      truncated: stdout.truncated,
      timed_out,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupt);
  }
}

/** Sends a signal; one that has ended has got it. */
export function signalChild(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended.
  }
}

interface Bounded {
  bytes: Uint8Array<ArrayBuffer>;
  truncated: boolean;
}

/** Reads a stream to its end but keeps `limit` bytes. */
async function readBounded(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  onTooMuch: () => void,
): Promise<Bounded> {
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
): Promise<Bounded> {
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
