/** Every heap behind one inspector: the main thread's and, in Node, one for each worker thread. */

import { ProfileError } from "../errors.ts";
import { answerError, type InspectorClient, isObject, type Session } from "./client.ts";

export interface Heap {
  /** null: the main thread's. Hostile. */
  name: string | null;
  session: Session;
}

/** More threads than that are profiled in part; a warning says so. */
export const MAX_WORKERS = 32;

/**
 * The main heap and those of the workers that run now (Node's NodeWorker domain; Deno and old Nodes have none). Workers are
 * reached through the main thread: one that is blocked hides them all.
 */
export async function listHeaps(client: InspectorClient): Promise<Heap[]> {
  const workers: Heap[] = [];
  const sessions = new Map<string, WorkerSession>();
  client.on("NodeWorker.attachedToWorker", ({ sessionId, workerInfo }) => {
    if (typeof sessionId !== "string" || workers.length >= MAX_WORKERS) return;
    const session = new WorkerSession(client, sessionId);
    sessions.set(sessionId, session);
    workers.push({ name: workerName(workerInfo), session });
  });
  client.on("NodeWorker.receivedMessageFromWorker", ({ sessionId, message }) => {
    if (typeof sessionId === "string" && typeof message === "string") {
      sessions.get(sessionId)?.receive(message);
    }
  });
  client.on("NodeWorker.detachedFromWorker", ({ sessionId }) => {
    if (typeof sessionId === "string") sessions.get(sessionId)?.end();
  });
  try {
    await client.send("NodeWorker.enable", { waitForDebuggerOnStart: false });
  } catch {
    // No such domain here.
  }
  return [{ name: null, session: client }, ...workers];
}

function workerName(info: unknown): string {
  if (!isObject(info)) return "worker";
  const title = typeof info.title === "string" ? info.title.toLowerCase() : "worker";
  const url = typeof info.url === "string" ? info.url.replace(/^file:\/\//, "") : "";
  return `${title} ${url}`.trim().slice(0, 300);
}

/** A conversation wrapped into messages of the main thread's. */
class WorkerSession implements Session {
  readonly #waiting = new Map<
    number,
    { method: string; resolve(result: Record<string, unknown>): void; reject(error: ProfileError): void }
  >();
  #next = 1;

  constructor(readonly client: InspectorClient, readonly sessionId: string) {}

  async send(
    method: string,
    params: Record<string, unknown> = {},
    seconds = 30,
  ): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, { method, resolve, reject });
    // It may be rejected while the request is still being handed on.
    promise.catch(() => {});
    const timer = setTimeout(
      () => reject(new ProfileError(`the worker did not answer ${method} in ${seconds} s`)),
      seconds * 1000,
    );
    try {
      const message = JSON.stringify({ id, method, params });
      await this.client.send(
        "NodeWorker.sendMessageToWorker",
        { sessionId: this.sessionId, message },
        seconds,
      );
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  receive(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (!isObject(message) || typeof message.id !== "number") return;
    const waiting = this.#waiting.get(message.id);
    if (message.error !== undefined) waiting?.reject(answerError(waiting.method, message.error));
    else waiting?.resolve(isObject(message.result) ? message.result : {});
  }

  end(): void {
    for (const { reject } of this.#waiting.values()) reject(new ProfileError("the worker has ended"));
  }
}
