/**
 * HTTP on a socket that cannot be used up. Deno.serve has no bound for connections, waits for ever for what an idle one will
 * say, and ends the whole program when a descriptor is wanting (EMFILE). So connections are accepted here, within bounds, and
 * handed to node:http, whose parser refuses what proxies and servers may read differently (Content-Length beside
 * Transfer-Encoding, RFC 9112 §6.3).
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
// Turns requests and answers of node:http into those of the fetch standard, streams included, in the way Hono tests it.
import { getRequestListener } from "@hono/node-server";
import { reasonOf } from "../../model/error_reason.ts";
import { Connections } from "./connections.ts";
import type { HttpServer, ServeOptions } from "./http_types.ts";
import { servePlatform } from "./platform_server.ts";

export type { Handler, HttpServer } from "./http_types.ts";

const SWEEP_MILLISECONDS = 1000;
/** Pause after an accept that failed: whatever has used up the descriptors may give some back. */
const RETRY_MILLISECONDS = 200;
const LEAVE_MILLISECONDS = 1000;
const LEAVE_STEP_MILLISECONDS = 20;
const EVENT_STREAM = "text/event-stream";

interface Peered extends Duplex {
  remote_address: string;
}

/** node:http is handed sockets from Deno 2.9 on. */
const [MAJOR = 0, MINOR = 0] = Deno.version.deno.split(".").map(Number);
export const TAKES_SOCKETS = MAJOR > 2 || (MAJOR === 2 && MINOR >= 9);

/** Throws what Deno.listen throws. */
export const serveHttp = (options: ServeOptions): HttpServer =>
  TAKES_SOCKETS ? serveBounded(options) : servePlatform(options);

function serveBounded({ hostname, port, handler, report }: ServeOptions): HttpServer {
  const listener = Deno.listen({ hostname, port });
  const connections = new Connections();
  const answer = getRequestListener(async (request, { incoming }) => {
    const socket = incoming.socket as unknown as Peered;
    const response = await handler(request, { remote_address: socket.remote_address });
    if (response.headers.get("content-type")?.startsWith(EVENT_STREAM)) connections.keepStreaming(socket);
    return response;
  }, { overrideGlobalObjects: false });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    connections.beginAnswer(socket);
    response.once("close", () => connections.endAnswer(socket));
    if (!isPlain(request)) return void response.writeHead(400, { connection: "close" }).end();
    Promise.resolve(answer(request, response)).catch(() => socket.destroy());
  });
  // A broken request, or somebody who left: there is nobody to answer.
  server.on("clientError", (_error: Error, socket: Duplex) => socket.destroy());
  const timer = setInterval(() => connections.sweep(), SWEEP_MILLISECONDS);
  Deno.unrefTimer(timer as unknown as number);
  let isClosed = false;
  const accepting = accept();
  return { port: (listener.addr as Deno.NetAddr).port, close };

  async function accept(): Promise<void> {
    let isReported = false;
    while (!isClosed) {
      try {
        take(await listener.accept());
      } catch (error) {
        if (isClosed) return;
        if (!isReported) report(`cannot accept a connection: ${reasonOf(error)}`);
        isReported = true;
        connections.closeIdlest();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
    }
  }

  function take(connection: Deno.TcpConn): void {
    const { readable, writable, remoteAddr } = connection;
    // The types of node's streams and of the platform's differ in details only.
    const duplex = Duplex.fromWeb({ readable, writable } as never) as Peered;
    duplex.remote_address = remoteAddr.hostname;
    duplex.on("error", () => duplex.destroy());
    duplex.once("close", () => {
      connections.forget(duplex);
      closeQuietly(connection);
    });
    if (connections.admit(duplex)) server.emit("connection", duplex);
    else duplex.destroy();
  }

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    listener.close();
    await accepting;
    // Idle ones that a browser keeps open for later must not keep the program.
    while (connections.closeIdlest());
    const end = performance.now() + LEAVE_MILLISECONDS;
    while (connections.size > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, LEAVE_STEP_MILLISECONDS));
      while (connections.closeIdlest());
    }
    connections.closeAll();
    clearInterval(timer);
    server.close();
  }
}

/**
 * A path as target and one Host: a target with a name in it ("GET http://…", for proxies) or a second Host could be checked
 * by one part of the program and used by another (RFC 9112 §3.2).
 */
function isPlain({ url, rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  return url!.startsWith("/") && !url!.startsWith("//") && hosts === 1;
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch { /* its streams have closed it */ }
}
