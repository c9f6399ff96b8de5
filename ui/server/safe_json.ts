/**
 * JSON whose texts can be shown as they are: names of processes, units and mounts are chosen by whoever runs them, and nothing
 * in them may colour a terminal that `curl` writes to, or turn the direction of writing on the page.
 */

import type { Context, TypedResponse } from "hono";
import { safeText } from "../../model/safe_text.ts";

/** Nearly all replies: looked at as a whole, thousands of rows cost nothing more than JSON.stringify. */
const PLAIN = /^[\x20-\x7e]*$/;
/** How JSON writes control characters and halves of surrogate pairs; a backslash before it would be the text "\\u001b". */
const ESCAPED_CONTROL = /\\(?:u|[nrtbf])/;
/** From the rules file, which root writes; its line breaks are meant. */
const KEEP = new Set(["condition", "help"]);

export function safeJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (PLAIN.test(json) && !ESCAPED_CONTROL.test(json)) return json;
  return JSON.stringify(
    value,
    (key, part) => typeof part === "string" && !KEEP.has(key) ? safeText(part) : part,
  );
}

/** As `context.json`, with safe texts. */
export function jsonReply<T extends object>(
  context: Context,
  reply: T,
): Response & TypedResponse<T, 200, "json"> {
  const response = context.body(safeJson(reply), 200, { "content-type": "application/json" });
  return response as unknown as Response & TypedResponse<T, 200, "json">;
}
