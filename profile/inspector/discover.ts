/** Finds the inspector of a process by asking only sockets that are proven to be its own. */

import { ProfileError } from "../errors.ts";
import { connectAddress, type Listener, ownListeners, ownsListener } from "../guards/sockets.ts";
import { assertSame, type Target } from "../target.ts";

export interface Inspector {
  listener: Listener;
  /** `127.0.0.1:9229`, `[::1]:9229`. */
  authority: string;
  /** Path of the main thread's WebSocket; made from the answer's id, never from its URL, which may name any host. */
  path: string;
}

/** The identity that an undo step carries. */
export type Identity = Pick<Target, "pid" | "start_ticks" | "proc">;

const ANSWER_SECONDS = 3;
/** /json/list of a process with hundreds of targets has some kilobytes. */
const MAX_ANSWER_BYTES = 256 << 10;

/** Asks each listening socket of the target's own whether it is an inspector; null where none is. Never throws. */
export async function findInspector(target: Identity): Promise<Inspector | null> {
  for (const listener of ownListeners(target)) {
    const address = connectAddress(listener);
    const authority = `${address.includes(":") ? `[${address}]` : address}:${listener.port}`;
    try {
      const version = await readJson(`http://${authority}/json/version`);
      if (typeof (version as Record<string, unknown>)["Protocol-Version"] !== "string") continue;
      const id = parseTargetId(await readJson(`http://${authority}/json/list`));
      if (id !== null && ownsListener(target, listener)) return { listener, authority, path: `/${id}` };
    } catch {
      // Some other service of the same process, or one that does not answer.
    }
  }
  return null;
}

/** The id of the first JavaScript target in an answer of /json/list; null where it is not one. Pure. */
export function parseTargetId(list: unknown): string | null {
  if (!Array.isArray(list)) return null;
  for (const target of list.slice(0, 100)) {
    const { id, type, webSocketDebuggerUrl } = (target ?? {}) as Record<string, unknown>;
    if (type !== "node" && type !== "deno") continue;
    if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) continue;
    // Deno serves its socket below /ws/; the path is taken, the host never.
    const path = typeof webSocketDebuggerUrl === "string"
      ? /^wss?:\/\/[^/]*\/((?:ws\/)?[\w-]{1,64})$/.exec(webSocketDebuggerUrl)?.[1]
      : undefined;
    return path ?? id;
  }
  return null;
}

/** Asserts that the socket still is the target's; call it when connected. Throws ProfileError. */
export function assertOwner(target: Target, { listener }: Inspector): void {
  assertSame(target);
  if (!ownsListener(target, listener)) {
    throw new ProfileError(
      `port ${listener.port} no longer belongs to process ${target.pid}; it was not queried`,
    );
  }
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length > MAX_ANSWER_BYTES) throw new ProfileError("the answer is too long for an inspector");
  }
  return JSON.parse(text);
}
