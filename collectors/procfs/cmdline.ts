import type { SmallFileReader } from "../small_file_reader.ts";
import { textOf } from "../byte_cursor.ts";

/** Longer commands are cut: a Java class path of 100 kB helps nobody and would be kept for every process. */
const COMMAND_CHARACTERS = 1024;

/**
 * Arguments of /proc/PID/cmdline joined by spaces. They are separated and ended by zero bytes, but a process may have
 * written anything over them. null where there are none (kernel threads, zombies).
 */
export function parseCommand(bytes: Uint8Array): string | null {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 32)) end--;
  if (end === 0) return null;
  return textOf(bytes.subarray(0, Math.min(end, 4 * COMMAND_CHARACTERS)))
    .replaceAll("\0", " ")
    .slice(0, COMMAND_CHARACTERS);
}

export function readCommand(reader: SmallFileReader, directory: string): string | null {
  const cursor = reader.readOrNull(`${directory}/cmdline`);
  return cursor === null ? null : parseCommand(cursor.bytes.subarray(0, cursor.end));
}

/**
 * What /proc/PID/exe points at, with " (deleted)" where the file was replaced under the running program; null for kernel
 * threads and where it is hidden.
 */
export function readExecutable(directory: string): string | null {
  try {
    return Deno.readLinkSync(`${directory}/exe`);
  } catch {
    return null;
  }
}
