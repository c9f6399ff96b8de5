/** Puts the load of all scenarios on them, from one event loop, paced by the clock. */
import type { Load, Timing } from "./scenario.ts";

/** Requests per turn that a late load may make up for at once. */
const MAX_AT_ONCE = 50;
const TURN_MILLISECONDS = 100;

/**
 * How many requests are due `seconds` after the program's start.
 *
 * @param timing bursts count from `startsAfter`
 */
export function dueRequests(seconds: number, perSecond: number, timing: Timing): number {
  const active = seconds - (timing.startsAfter ?? 0);
  if (active <= 0) return 0;
  if (!timing.bursts) return Math.floor(active * perSecond);
  const { on, off } = timing.bursts;
  const cycles = Math.floor(active / (on + off)), rest = Math.min(on, active % (on + off));
  return Math.floor((cycles * on + rest) * perSecond);
}

/** One running load. */
export interface RunningLoad {
  /** Requests answered so far, and those that should have been. */
  done: number;
  due: number;
  failed: number;
  lastError: string;
  stop(): void;
}

/** Starts one load; `stdin` is where lines go for a client. */
export function startLoad(load: Load, stdin: WritableStreamDefaultWriter<Uint8Array> | null): RunningLoad {
  const running: RunningLoad = {
    done: 0,
    due: 0,
    failed: 0,
    lastError: "",
    stop: () => clearInterval(timer),
  };
  const begun = performance.now();
  const send = sender(load, stdin);
  let sent = 0, busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    running.due = dueRequests((performance.now() - begun) / 1000, load.per_second, load);
    for (let budget = MAX_AT_ONCE; sent < running.due && budget > 0; budget--) {
      try {
        await send(sent++);
        running.done++;
      } catch (error) {
        running.failed++;
        running.lastError = error instanceof Error ? error.message : String(error);
        break;
      }
    }
    busy = false;
  }, TURN_MILLISECONDS);
  return running;
}

function sender(
  load: Load,
  stdin: WritableStreamDefaultWriter<Uint8Array> | null,
): (number: number) => Promise<void> {
  if (load.over === "http") return (number) => request(load.url(number), load.body?.(number));
  const encoder = new TextEncoder();
  if (load.over === "stdin") {
    return async (number) => {
      if (!stdin) throw new Error("no client to write to");
      await stdin.write(encoder.encode(load.line(number)));
    };
  }
  let connection: Deno.TcpConn | null = null;
  const answer = new Uint8Array(65536);
  return async (number) => {
    connection ??= await Deno.connect({ hostname: "127.0.0.1", port: load.port });
    try {
      await connection.write(encoder.encode(load.line(number)));
      if (await connection.read(answer) === null) throw new Error("connection closed");
    } catch (error) {
      connection.close();
      connection = null;
      throw error;
    }
  };
}

async function request(url: string, body?: string): Promise<void> {
  const response = await fetch(url, {
    ...(body === undefined ? {} : { method: "POST", body }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}
