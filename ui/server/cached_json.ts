/** A reply that several viewers ask for, serialised once for all of them. */

import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { safeJson } from "../../model/safe_text.ts";

const encoder = new TextEncoder();
/** As long as a view keeps the reply. */
const serialised = new WeakMap<object, Uint8Array<ArrayBuffer>>();

/**
 * As `context.json`, with names made safe; a reply of which the view gives everybody the same object is serialised once, for
 * thousands of rows take milliseconds.
 */
export function sharedJson<T extends object>(
  context: Context,
  reply: T,
): Response & TypedResponse<T, 200, "json"> {
  let bytes = serialised.get(reply);
  if (!bytes) serialised.set(reply, bytes = encoder.encode(safeJson(reply)));
  const response = context.body(bytes, 200, { "content-type": "application/json" });
  return response as unknown as Response & TypedResponse<T, 200, "json">;
}

/** What went wrong, as safe: a message may repeat what was asked, or a name. */
export function errorJson(context: Context, error: string, status: ContentfulStatusCode): Response {
  return context.body(safeJson({ error }), status, { "content-type": "application/json" });
}
