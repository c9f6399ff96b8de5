/** What a server of the page is given, and what it is. */

/** What the handler may know besides the request. */
export interface Peer {
  /** Address of the other end. */
  remote_address: string;
  remote_port: number;
}

export type Handler = (request: Request, peer: Peer) => Response | Promise<Response>;

export interface HttpServer {
  port: number;
  /** Ends all connections and the socket; those that are answering get a second. */
  close(): Promise<void>;
}

export interface ServeOptions {
  hostname: string;
  port: number;
  handler: Handler;
  /** Told once of descriptors that are wanting. */
  report(message: string): void;
}
