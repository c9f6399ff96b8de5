/** How the server of the page speaks with one connection after it was accepted. */

import type { Connections } from "./connections.ts";
import type { Handler, Peer } from "./http_types.ts";

export interface Protocol {
  /** Takes the connection over, within the bounds; never throws. */
  take(connection: Deno.TcpConn): void;
  close(): void;
}

export type MakeProtocol = (connections: Connections, handler: Handler) => Protocol;

const EVENT_STREAM = "text/event-stream";

/** Whether an answer lasts: it has bounds of its own (ui/server/broadcast.ts). */
export const isEventStream = (response: Response): boolean =>
  response.headers.get("content-type")?.startsWith(EVENT_STREAM) ?? false;

export const peerOf = ({ remoteAddr: { hostname, port } }: Deno.TcpConn): Peer => ({
  remote_address: hostname,
  remote_port: port,
});

export function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch { /* its streams, or whoever swept it, have closed it */ }
}
