/** Reads net/http/pprof of one process: only over sockets that are proven to be its own. */

import { readBounded } from "../bounded_read.ts";
import { ProfileError } from "../errors.ts";
import { connectAddress, type Listener, ownListeners, ownsListener } from "../guards/sockets.ts";
import { assertSame, type Target } from "../target.ts";
import { type HeapProfile, parseHeapProfile } from "./heap_profile.ts";

/** A service with more ports than this is asked on the first ones only. */
const MAX_LISTENERS = 8;
const ANSWER_SECONDS = 10;
/** The text of a program with 10,000 allocating stacks has some 10 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export const HEAP_PATH = "/debug/pprof/heap?debug=1";

/** The socket on which the target serves pprof, with its first heap profile; null where none does. Throws ProfileError. */
export async function findPprof(
  target: Target,
  path: string,
): Promise<{ listener: Listener; profile: HeapProfile } | null> {
  assertSame(target);
  for (const listener of ownListeners(target).slice(0, MAX_LISTENERS)) {
    try {
      return { listener, profile: await readHeapProfile(target, listener, path) };
    } catch {
      // Some other service of the same process.
    }
  }
  return null;
}

/** Asks for one heap profile. Throws ProfileError where the socket is no longer the target's, or answers otherwise. */
export async function readHeapProfile(
  target: Target,
  listener: Listener,
  path: string,
): Promise<HeapProfile> {
  assertSame(target);
  const who = `port ${listener.port} of process ${target.pid}`;
  if (!ownsListener(target, listener)) throw new ProfileError(`${who} now belongs to another process`);
  const host = connectAddress(listener);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${listener.port}`;
  let response: Response;
  try {
    response = await fetch(`http://${authority}${path}`, {
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
    });
  } catch {
    throw new ProfileError(`${who} does not answer HTTP`);
  }
  const isText = response.headers.get("content-type")?.startsWith("text/plain");
  if (response.status !== 200 || !isText || response.body === null) {
    await response.body?.cancel();
    throw new ProfileError(`${who} serves no pprof`);
  }
  const bounds = { who, limit_bytes: MAX_ANSWER_BYTES, limit_seconds: ANSWER_SECONDS };
  const profile = parseHeapProfile(new TextDecoder().decode(await readBounded(response.body, bounds)));
  if (profile === null) throw new ProfileError(`${who} serves no heap profile`);
  return profile;
}
