/**
 * HTTP/1.1 with one request per connection, for runtimes whose node:http takes no sockets from elsewhere (Deno before 2.9: what
 * an executable compiled with an older base runtime runs on). Each answer ends its connection, so nothing that follows a request
 * can be read as another one, and a request with Transfer-Encoding is refused (RFC 9112 §6.3, §11.2).
 */

import type { Closable, Connections } from "./connections.ts";
import { closeQuietly, isEventStream, peerOf, type Protocol } from "./http_protocol.ts";
import type { Handler } from "./http_types.ts";
import { HEAD_END, MAX_HEAD_BYTES, parseRequestHead, type RequestHead } from "./request_head.ts";

const encoder = new TextEncoder();
/** A form with a token has less. */
const MAX_BODY_BYTES = 64 * 1024;

export function plainProtocol(connections: Connections, handler: Handler): Protocol {
  return {
    take(connection) {
      const socket = { destroy: () => closeQuietly(connection) };
      if (!connections.admit(socket)) return socket.destroy();
      converse(connection, socket, connections, handler)
        .catch(() => {}) // somebody who left, or was swept
        .finally(() => {
          connections.forget(socket);
          socket.destroy();
        });
    },
    close() {},
  };
}

async function converse(
  connection: Deno.TcpConn,
  socket: Closable,
  connections: Connections,
  handler: Handler,
): Promise<void> {
  const { text, rest } = await readHead(connection);
  const head = text === null ? null : parseRequestHead(text);
  connections.beginAnswer(socket);
  if (head === null) {
    return await write(connection, encoder.encode(statusLine(400) + "connection: close\r\n\r\n"));
  }
  const request = await readRequest(connection, head, rest);
  const response = request ? await handler(request, peerOf(connection)) : refused();
  if (isEventStream(response) && head.method !== "HEAD") {
    connections.keepStreaming(socket);
    return await stream(connection, response);
  }
  const body = new Uint8Array(await response.arrayBuffer());
  await write(connection, encoder.encode(headOf(response, head.method === "HEAD" ? null : body.length)));
  if (head.method !== "HEAD") await write(connection, body);
}

/** What stands before the empty line; null where it does not come, or is too long. `rest` is what came after it. */
async function readHead(connection: Deno.TcpConn): Promise<{ text: string | null; rest: Uint8Array }> {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  const decoder = new TextDecoder("latin1");
  for (let length = 0; length < bytes.length;) {
    const count = await connection.read(bytes.subarray(length));
    if (count === null) break;
    // The empty line may have begun in what came before.
    const from = Math.max(0, length - HEAD_END.length);
    length += count;
    const at = decoder.decode(bytes.subarray(from, length)).indexOf(HEAD_END);
    if (at < 0) continue;
    const end = from + at;
    return {
      text: decoder.decode(bytes.subarray(0, end)),
      rest: bytes.subarray(end + HEAD_END.length, length),
    };
  }
  return { text: null, rest: bytes.subarray(0, 0) };
}

/** null: it cannot be answered; what its body has to say is too long, or its Host is no name. */
async function readRequest(
  connection: Deno.TcpConn,
  { method, target, headers, host, body_bytes }: RequestHead,
  rest: Uint8Array,
): Promise<Request | null> {
  if (body_bytes > MAX_BODY_BYTES || !URL.canParse(`http://${host}${target}`)) return null;
  const body = new Uint8Array(body_bytes);
  let length = Math.min(rest.length, body.length);
  body.set(rest.subarray(0, length));
  while (length < body.length) {
    const count = await connection.read(body.subarray(length));
    if (count === null) return null;
    length += count;
  }
  const mayHaveBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${host}${target}`, { method, headers, body: mayHaveBody ? body : null });
}

const refused = () => new Response(null, { status: 400 });

/** Sends parts as they come, until there are no more or the other end has gone. */
async function stream(connection: Deno.TcpConn, response: Response): Promise<void> {
  await write(connection, encoder.encode(headOf(response, null)));
  const reader = response.body!.getReader();
  const leave = () => void reader.cancel().catch(() => {});
  untilClosed(connection).then(leave, leave);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      await write(connection, value);
    }
  } finally {
    leave();
  }
}

/** Nothing more is expected of the other end; what it sends is dropped. */
async function untilClosed(connection: Deno.TcpConn): Promise<void> {
  const dropped = new Uint8Array(1024);
  while (await connection.read(dropped) !== null);
}

const statusLine = (status: number) => `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
/** For people who look; RFC 9110 §15 lets it be empty. */
const REASONS: Record<number, string> = { 200: "OK", 400: "Bad Request", 404: "Not Found" };

function headOf(response: Response, bytes: number | null): string {
  const headers = new Headers(response.headers), { status } = response;
  headers.set("connection", "close");
  if (!headers.has("date")) headers.set("date", new Date().toUTCString());
  if (bytes !== null && status !== 304) headers.set("content-length", String(bytes));
  return statusLine(status) + [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("") + "\r\n";
}

async function write(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}
