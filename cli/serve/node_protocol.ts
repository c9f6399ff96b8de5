/**
 * HTTP by node:http, whose parser refuses what proxies and servers may read differently (Content-Length beside
 * Transfer-Encoding, RFC 9112 §6.3), on sockets that were accepted elsewhere.
 */

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
// Turns requests and answers of node:http into those of the fetch standard, streams included, in the way Hono tests it.
import { getRequestListener } from "@hono/node-server";
import type { Connections } from "./connections.ts";
import { closeQuietly, isEventStream, peerOf, type Protocol } from "./http_protocol.ts";
import type { Handler, Peer } from "./http_types.ts";

interface Peered extends Duplex {
  peer: Peer;
}

export function nodeProtocol(connections: Connections, handler: Handler): Protocol {
  const answer = getRequestListener(async (request, { incoming }) => {
    const socket = incoming.socket as unknown as Peered;
    const response = await handler(request, socket.peer);
    if (isEventStream(response)) connections.keepStreaming(socket);
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

  function take(connection: Deno.TcpConn): void {
    const { readable, writable } = connection;
    // The types of node's streams and of the platform's differ in details only.
    const duplex = Duplex.fromWeb({ readable, writable } as never) as Peered;
    duplex.peer = peerOf(connection);
    duplex.on("error", () => duplex.destroy());
    duplex.once("close", () => {
      connections.forget(duplex);
      closeQuietly(connection);
    });
    if (connections.admit(duplex)) server.emit("connection", duplex);
    else duplex.destroy();
  }

  return { take, close: () => void server.close() };
}

/**
 * A path as target and one Host: a target with a name in it ("GET http://…", for proxies) or a second Host could be checked
 * by one part of the program and used by another (RFC 9112 §3.2).
 */
function isPlain({ url, rawHeaders }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  return url!.startsWith("/") && !url!.startsWith("//") && hosts === 1;
}
