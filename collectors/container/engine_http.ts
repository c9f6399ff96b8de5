/**
 * One GET over a unix socket.
 *
 * Three ways work in Deno 2.9.6 and in programs compiled with 2.6.10: fetch with a proxying HTTP client, node:http with
 * socketPath, and the few lines below. These cost 1 to 4 MiB of resident memory, fetch 3.5 to 7, node:http 3.5 to 13.
 * HTTP/1.0 keeps it simple: the answer ends with the connection and is never chunked.
 */

/** An engine that answered, but not with what was asked for. */
export class EngineError extends Error {
  constructor(message: string, readonly status: number | null = null) {
    super(message);
    this.name = "EngineError";
  }
}

export interface GetOptions {
  timeout_seconds: number;
  /** Answers beyond this size are dropped: nobody may fill our memory. */
  max_bytes?: number;
  /** Ends the question early, with its connection: nothing is left that could keep the program alive. */
  signal?: AbortSignal;
}

const MAX_BYTES = 16 * 1024 * 1024;

export interface HttpResponse {
  /** Names in small letters. */
  headers: Map<string, string>;
  body: string;
}

/**
 * Asks the engine for a path. Throws EngineError on a time-out, another status than 200 or a torn answer, Deno errors where
 * the socket is missing or forbidden.
 */
export async function get(socket: string, path: string, options: GetOptions): Promise<HttpResponse> {
  let connection: Deno.UnixConn | undefined;
  let isOver = false;
  let fail: (error: EngineError) => void;
  const failed = new Promise<never>((_, reject) => fail = reject);
  const seconds = options.timeout_seconds;
  const timer = setTimeout(() => fail(new EngineError(`no answer within ${seconds} s`)), seconds * 1000);
  const stop = () => fail(new EngineError("stopped"));
  options.signal?.addEventListener("abort", stop);
  const ask = async () => {
    connection = await Deno.connect({ transport: "unix", path: socket });
    // Connected only after we gave up: nobody else would close it.
    if (isOver) {
      connection.close();
      throw new EngineError("too late");
    }
    await writeAll(connection, new TextEncoder().encode(`GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`));
    return parseResponse(await readAll(connection, options.max_bytes ?? MAX_BYTES));
  };
  const answer = ask();
  answer.catch(() => {}); // Once given up, closing the connection fails it with nobody waiting.
  try {
    return await Promise.race([answer, failed]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
    connection?.close();
  }
}

async function writeAll(connection: Deno.UnixConn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function readAll(connection: Deno.UnixConn, maxBytes: number): Promise<Uint8Array> {
  let buffer = new Uint8Array(16 * 1024);
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length >= maxBytes) throw new EngineError(`answer longer than ${maxBytes} bytes`);
      const larger = new Uint8Array(Math.min(length * 2, maxBytes));
      larger.set(buffer);
      buffer = larger;
    }
    const count = await connection.read(buffer.subarray(length));
    if (count === null) return buffer.subarray(0, length);
    length += count;
  }
}

/** Asks for JSON; null where the body is empty, as podman's is for what it does not know of a stopped container. */
export async function getJson(socket: string, path: string, options: GetOptions): Promise<unknown> {
  const { body } = await get(socket, path, options);
  if (body.trim() === "") return null;
  try {
    return JSON.parse(body);
  } catch {
    throw new EngineError("its answer is not JSON");
  }
}

/** A whole HTTP/1.0 answer. Pure. */
function parseResponse(bytes: Uint8Array): HttpResponse {
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  if (status === undefined || end < 0) throw new EngineError("its answer is not HTTP");
  const body = text.slice(end + 4);
  if (status !== "200") throw new EngineError(`it answers ${status}: ${messageOf(body)}`, Number(status));
  const headers = new Map<string, string>();
  for (const line of text.slice(0, end).split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body };
}

/** Engines explain an error as {"message": …}. */
function messageOf(body: string): string {
  try {
    const message = (JSON.parse(body) as { message?: unknown }).message;
    if (typeof message === "string") return message.slice(0, 200);
  } catch {
    // Not JSON: as it stands.
  }
  return body.split("\n")[0]!.slice(0, 200);
}
