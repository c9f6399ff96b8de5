/** Results to stdout, messages to stderr. */

import { reasonOf } from "../model/error_reason.ts";
import { safeText } from "../model/safe_text.ts";
import { UserError } from "./errors.ts";

/** Writes all of it; a reader that has had enough (`| head`) is not an error. Throws UserError, as for a full disk. */
export function writeStdout(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new UserError(`cannot write to standard output: ${reasonOf(error)}`);
  }
}

/** One line for the person at the terminal; a message may repeat a name that somebody else chose. */
export function say(message: string, quiet: boolean): void {
  if (!quiet) console.error(safeText(`leakwatch: ${message}`));
}

/** Colours only on a terminal that has them and whose owner did not say no (no-color.org). */
export function useColor(option: boolean, stream: { isTerminal(): boolean }): boolean {
  return option && stream.isTerminal() && !Deno.env.get("NO_COLOR") && Deno.env.get("TERM") !== "dumb";
}
