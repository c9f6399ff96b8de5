/**
 * A conversation in the Chrome DevTools Protocol with bounds on time and bytes: the process at the other end is not trusted.
 * npm:ws, since Deno's own WebSocket puts no bound on a message that comes in fragments.
 */

// @ts-types="./ws.d.ts"
import WebSocket from "ws";
import { ProfileError } from "../errors.ts";
import type { Inspector } from "./discover.ts";

/** Where commands go: the main thread, or a worker thread through it. */
export interface Session {
  /** Resolves to the result; throws ProfileError on an error answer, a limit, or the end of the connection. */
  send(method: string, params?: Record<string, unknown>, seconds?: number): Promise<Record<string, unknown>>;
}

type EventHandler = (params: Record<string, unknown>) => void;

interface Waiting {
  method: string;
  resolve(result: Record<string, unknown>): void;
  reject(error: ProfileError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** V8 sends a snapshot in pieces of 100 KiB; the profile of a large program has some megabytes. */
const MAX_MESSAGE_BYTES = 128 << 20;
const CONNECT_SECONDS = 5;
/** A process that is busy in one long turn of its event loop answers when that ends. */
const ANSWER_SECONDS = 30;

export class InspectorClient implements Session {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #handlers = new Map<string, EventHandler>();
  #next = 1;
  #received = 0;
  #failure: ProfileError | null = null;
  /** Resolves when the other side, or we, ended the connection. */
  readonly closed: Promise<void>;

  private constructor(socket: WebSocket, readonly max_bytes: number) {
    this.#socket = socket;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on("message", (data) => this.#receive(data));
    socket.on("error", (error) => this.#fail(`the inspector's connection failed: ${error.message}`));
    socket.on("close", () => {
      this.#fail("the process closed its inspector or ended");
      resolve();
    });
  }

  /** Connects to a socket whose owner has been proven. `max_bytes` bounds a message, and all messages together. */
  static async connect(inspector: Inspector, max_bytes: number): Promise<InspectorClient> {
    const socket = new WebSocket(`ws://${inspector.authority}${inspector.path}`, {
      maxPayload: Math.min(max_bytes, MAX_MESSAGE_BYTES),
      perMessageDeflate: false,
      followRedirects: false,
      handshakeTimeout: CONNECT_SECONDS * 1000,
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.on("open", resolve);
    socket.on("error", (error) => reject(new ProfileError(`cannot talk to the inspector: ${error.message}`)));
    socket.on(
      "close",
      () => reject(new ProfileError("cannot talk to the inspector: it closed the connection")),
    );
    await promise;
    return new InspectorClient(socket, max_bytes);
  }

  send(
    method: string,
    params: Record<string, unknown> = {},
    seconds = ANSWER_SECONDS,
  ): Promise<Record<string, unknown>> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new ProfileError(`the inspector did not answer ${method} in ${seconds} s`));
    }, seconds * 1000);
    this.#waiting.set(id, { method, resolve, reject, timer });
    this.#socket.send(JSON.stringify({ id, method, params }));
    return promise;
  }

  /** Calls `handler` for each event of this name. */
  on(event: string, handler: EventHandler): void {
    this.#handlers.set(event, handler);
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(data: Uint8Array): void {
    this.#received += data.length;
    if (this.#received > this.max_bytes) {
      return this.#fail(`the inspector sent more than ${this.max_bytes >> 20} MiB`);
    }
    let message: unknown;
    try {
      message = JSON.parse(new TextDecoder().decode(data));
    } catch {
      return this.#fail("the inspector's answer is not JSON");
    }
    if (!isObject(message)) return this.#fail("the inspector's answer is not an object");
    this.#dispatch(message);
  }

  #dispatch({ id, method, params, result, error }: Record<string, unknown>): void {
    if (typeof id === "number") {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) return;
      this.#waiting.delete(id);
      clearTimeout(waiting.timer);
      if (error !== undefined) return waiting.reject(answerError(waiting.method, error));
      waiting.resolve(isObject(result) ? result : {});
    } else if (typeof method === "string") {
      this.#handlers.get(method)?.(isObject(params) ? params : {});
    }
  }

  #fail(message: string): void {
    if (this.#failure === null) this.#failure = new ProfileError(message);
    this.#socket.terminate();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#waiting.clear();
  }
}

export function answerError(method: string, error: unknown): ProfileError {
  const message = isObject(error) && typeof error.message === "string" ? error.message : "no reason given";
  return new ProfileError(`the inspector refused ${method}: ${message.slice(0, 200)}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
