/** Small reads of kernel files. Every path is given by the caller, under the roots of its context. */

/** Whole text of a small kernel file. Throws Deno errors: NotFound, PermissionDenied, or others. */
export function readText(path: string): string {
  return Deno.readTextFileSync(path);
}

/** Like readText, with null where the file is missing, hidden or vanished while being read. */
export function readTextOrNull(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

/** A kernel file whose text does not look as its documentation says. */
export class ParseError extends Error {
  constructor(readonly source: string, readonly detail: string) {
    super(`Cannot parse ${source}: ${detail}`);
    this.name = "ParseError";
  }
}
