/**
 * The connections of the page's server: bounded in number and in time. Whoever can reach the port can open connections and
 * say nothing; they must cost neither the descriptors that sampling needs nor the place of somebody who asks.
 */

/** Pages use up to six connections each, scrapers one. */
const MAX_CONNECTIONS = 256;
/** Where descriptors are wanting. */
const MIN_CONNECTIONS = 16;
/** For the first request: a client connects because it has something to ask. */
const FIRST_REQUEST_SECONDS = 10;
/** For all of an answer that is not a stream, and for the body of a request. */
const ANSWER_SECONDS = 60;
/** Between two requests, a half-sent one included. Longer than most clients keep a connection. */
const IDLE_SECONDS = 75;

/** What is closed: a socket of node:http. */
export interface Closable {
  destroy(): void;
}

interface Connection {
  /** Seconds on the monotonic clock; Infinity: an event stream, which has bounds of its own (ui/server/broadcast.ts). */
  deadline: number;
  is_answering: boolean;
}

export class Connections {
  /** In the order of their last request, so the first idle one has been idle for longest. */
  readonly #open = new Map<Closable, Connection>();
  readonly #now: () => number;
  readonly #limit: number;
  /** At most `#limit`. */
  #most: number;

  /** `now` counts seconds. */
  constructor(now: () => number = () => performance.now() / 1000, most = MAX_CONNECTIONS) {
    this.#now = now;
    this.#limit = this.#most = most;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Takes a new connection in; where there is no room, the one that has been idle for longest goes. False: all are busy. */
  admit(socket: Closable): boolean {
    if (this.#open.size >= this.#most && !this.closeIdlest()) return false;
    this.#open.set(socket, { deadline: this.#now() + FIRST_REQUEST_SECONDS, is_answering: false });
    return true;
  }

  /** A whole request head has come. */
  beginAnswer(socket: Closable): void {
    this.#update(socket, { deadline: this.#now() + ANSWER_SECONDS, is_answering: true });
  }

  /** The answer is an event stream, which lasts. */
  keepStreaming(socket: Closable): void {
    this.#update(socket, { deadline: Infinity, is_answering: true });
  }

  /** The answer is complete. */
  endAnswer(socket: Closable): void {
    this.#update(socket, { deadline: this.#now() + IDLE_SECONDS, is_answering: false });
  }

  forget(socket: Closable): void {
    this.#open.delete(socket);
  }

  /** Closes the one that has been idle for longest. False: none is idle. */
  closeIdlest(): boolean {
    for (const [socket, { is_answering }] of this.#open) {
      if (!is_answering) return this.#close(socket);
    }
    return false;
  }

  /**
   * Descriptors are wanting, for sampling too: makes do with three quarters of what is open now, and closes idle ones down to
   * that. Each sweep allows one more again.
   */
  shrink(): void {
    this.#most = Math.min(this.#most, Math.max(MIN_CONNECTIONS, Math.floor(this.#open.size * 0.75)));
    while (this.#open.size > this.#most && this.closeIdlest());
  }

  /** Closes those whose time is up. To be called once a second. */
  sweep(): void {
    if (this.#most < this.#limit) this.#most++;
    const now = this.#now();
    for (const [socket, { deadline }] of this.#open) if (deadline <= now) this.#close(socket);
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) this.#close(socket);
  }

  #update(socket: Closable, connection: Connection): void {
    // What is closed already stays forgotten.
    if (this.#open.delete(socket)) this.#open.set(socket, connection);
  }

  #close(socket: Closable): true {
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }
}
