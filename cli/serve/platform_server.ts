/**
 * The platform's own server, for runtimes whose node:http takes no sockets from elsewhere (Deno before 2.9: what an executable
 * compiled with an older base runtime runs on). It has no bound for connections; where it ends for want of descriptors, it is
 * started again.
 */

import { reasonOf } from "../../model/error_reason.ts";
import type { HttpServer, ServeOptions } from "./http_types.ts";

const RETRY_MILLISECONDS = 200;

/** Throws what Deno.serve throws. */
export function servePlatform({ hostname, port, handler, report }: ServeOptions): HttpServer {
  let isClosed = false, isReported = false;
  const start = (at: number) =>
    Deno.serve(
      { hostname, port: at, onListen: () => {}, onError: () => new Response(null, { status: 500 }) },
      (request, { remoteAddr }) =>
        handler(request, { remote_address: (remoteAddr as Deno.NetAddr).hostname }),
    );
  let server = start(port);
  const taken = (server.addr as Deno.NetAddr).port;
  const watch = (current: typeof server): void => {
    current.finished.catch((error) => {
      if (isClosed) return;
      if (!isReported) report(`cannot accept a connection: ${reasonOf(error)}`);
      isReported = true;
      setTimeout(() => {
        try {
          watch(server = start(taken));
        } catch {
          watch({ ...current, finished: Promise.reject(error) } as typeof server);
        }
      }, RETRY_MILLISECONDS);
    });
  };
  watch(server);
  return {
    port: taken,
    async close() {
      isClosed = true;
      await server.shutdown();
    },
  };
}
