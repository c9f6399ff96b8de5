/**
 * HTTP on a socket that cannot be used up. Deno.serve has no bound for connections, waits for ever for what an idle one will
 * say, and ends the whole program when a descriptor is wanting (EMFILE). So connections are accepted here, within bounds, and
 * handed to a protocol.
 */

import { reasonOf } from "../../model/error_reason.ts";
import { Connections } from "./connections.ts";
import type { MakeProtocol } from "./http_protocol.ts";
import type { HttpServer, ServeOptions } from "./http_types.ts";
import { nodeProtocol } from "./node_protocol.ts";
import { plainProtocol } from "./plain_protocol.ts";

export type { Handler, HttpServer } from "./http_types.ts";

const SWEEP_MILLISECONDS = 1000;
/** Pause after an accept that failed: whatever has used up the descriptors may give some back. */
const RETRY_MILLISECONDS = 200;
const LEAVE_MILLISECONDS = 1000;
const LEAVE_STEP_MILLISECONDS = 20;

/** node:http is handed sockets from Deno 2.9 on. */
const [MAJOR = 0, MINOR = 0] = Deno.version.deno.split(".").map(Number);
const PROTOCOL: MakeProtocol = MAJOR > 2 || (MAJOR === 2 && MINOR >= 9) ? nodeProtocol : plainProtocol;

/** Throws what Deno.listen throws. */
export function serveHttp(
  { hostname, port, handler, report }: ServeOptions,
  makeProtocol = PROTOCOL,
): HttpServer {
  const listener = Deno.listen({ hostname, port });
  const connections = new Connections();
  const protocol = makeProtocol(connections, handler);
  const timer = setInterval(() => connections.sweep(), SWEEP_MILLISECONDS);
  Deno.unrefTimer(timer as unknown as number);
  let isClosed = false;
  const accepting = accept();
  return { port: (listener.addr as Deno.NetAddr).port, close };

  async function accept(): Promise<void> {
    let isReported = false;
    while (!isClosed) {
      try {
        protocol.take(await listener.accept());
      } catch (error) {
        if (isClosed) return;
        if (!isReported) report(`cannot accept a connection: ${reasonOf(error)}`);
        isReported = true;
        connections.shrink();
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
    }
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
    protocol.close();
  }
}
