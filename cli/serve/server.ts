/** The page's server on a socket, for `serve` and for `monitor --ui`. */

import { createApp } from "../../ui/server/mod.ts";
import type { ServerPorts } from "../../ui/server/server_ports.ts";
import type { MachineViewPorts } from "../../ui/server/ports.ts";
import { LiveView } from "../../ui/server/live_view.ts";
import { UserError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { loadPageAssets } from "./page_assets.ts";
import { readPortHolder } from "../../collectors/process/port_holder.ts";
import { raiseDescriptorLimit } from "../../collectors/ffi.ts";
import { isLoopback } from "./loopback.ts";
import { type Handler, type HttpServer, serveHttp } from "./http_server.ts";
import { originOf } from "./peer_origin.ts";
import { readToken } from "./token_file.ts";

export interface ServerOptions {
  port: number;
  host: string;
  /** The option that names another port: what a user is told to type where this one cannot be had. */
  port_option: "--port" | "--ui" | "--listen";
  token_file?: string;
  /** Used where there is no file; null: everybody who can connect may look. */
  default_token?: string | null;
  live: MachineViewPorts;
  library: ServerPorts["library"];
  fleet?: ServerPorts["fleet"];
  /** Says things to the user, one line each. */
  say(message: string): void;
}

export interface PageServer {
  /** Address to open; holds the token where it was made for this run. */
  url: string;
  /** Observes the watch loop. */
  live: LiveView;
  /** Ends all connections and the socket. */
  close(): Promise<void>;
}

/** Throws UserError where the port is taken, the address is not ours, or a token is missing. */
export async function startServer(options: ServerOptions): Promise<PageServer> {
  const { host, say } = options;
  const is_loopback = isLoopback(host);
  if (!is_loopback && !options.token_file) {
    throw new UserError(
      `${host} can be reached by others, so a token is needed: --token-file FILE (head -c 24 /dev/urandom | base64 > FILE)`,
    );
  }
  const token = options.token_file ? readToken(options.token_file) : options.default_token ?? null;
  const live = new LiveView(options.live);
  const app = createApp({
    about: {
      version: VERSION,
      hostname: Deno.hostname(),
      live: true,
      hide_arguments: options.live.hide_arguments,
      interval_seconds: options.live.interval_seconds,
    },
    live,
    library: options.library,
    fleet: options.fleet,
    access: { is_loopback, host_names: [Deno.hostname(), host], token },
    assets: await loadPageAssets(),
    report: (message) => say(`serve: ${message}`),
  });
  raiseDescriptorLimit(DESCRIPTORS);
  // One's own token is not repeated; a made one is known from here only.
  const query = options.token_file || token === null ? "" : `?token=${token}`;
  const server = listen(options, (request, peer) => app.fetch(request, { origin: () => originOf(peer) }));
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}/${query}`,
    live,
    async close() {
      live.close();
      await server.close();
    },
  };
}

/** Connections come on top of the descriptors that sampling holds, one or two for each process. */
const DESCRIPTORS = 8192;

function listen({ port, host: hostname, port_option, say }: ServerOptions, handler: Handler): HttpServer {
  try {
    return serveHttp({ port, hostname, handler, report: (message) => say(`serve: ${message}`) });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      const holder = readPortHolder(port);
      throw new UserError(
        `port ${port} is taken${holder ? ` by ${holder}` : ""}; choose another with ${placeOf(port_option)}`,
      );
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new UserError(
        `cannot listen on port ${port}: permission denied; choose one from 1024 up with ${
          placeOf(port_option)
        }`,
      );
    }
    throw new UserError(
      `cannot listen on ${hostname}:${port}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

const placeOf = (option: ServerOptions["port_option"]): string =>
  `${option} ${option === "--listen" ? "ADDRESS:PORT" : "PORT"}`;
