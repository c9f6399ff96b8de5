/** The token that viewers must show, from a file that others cannot read. */

import { UserError } from "../errors.ts";

const SHORTEST = 16;

/** First line of the file, trimmed. Throws UserError where it is unreadable, too short or open to others. */
export function readToken(path: string): string {
  let text: string, mode: number | null;
  try {
    text = Deno.readTextFileSync(path);
    mode = Deno.statSync(path).mode;
  } catch (error) {
    throw new UserError(
      error instanceof Deno.errors.NotFound
        ? `token file ${path}: not found; make one: head -c 24 /dev/urandom | base64 > ${path}`
        : `token file ${path}: cannot be read by this user; give one that can: --token-file FILE`,
    );
  }
  if (mode !== null && (mode & 0o007) !== 0) {
    throw new UserError(`token file ${path}: everybody can read it; chmod 600 ${path}`);
  }
  const token = text.split("\n")[0]!.trim();
  if (token.length < SHORTEST) {
    throw new UserError(
      `token file ${path}: its first line has fewer than ${SHORTEST} letters; make it longer`,
    );
  }
  return token;
}
