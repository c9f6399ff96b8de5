/** One line for a person about an error that was caught: what the system said, without a stack. */

/** What the usual errno mean, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EIO: "input/output error",
  EROFS: "the file system is read-only",
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "a symbolic link is in its place",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
  ETIMEDOUT: "no answer in time",
  ECONNREFUSED: "connection refused",
};
const MAX_CHARACTERS = 200;

/** @param words what some errno mean here, in place of the general wording: `{ ENOENT: "not present on this kernel" }` */
export function reasonOf(error: unknown, words: Readonly<Record<string, string>> = {}): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  if (!(error instanceof Error)) return firstLine(String(error));
  const root = rootCause(error), code = errnoOf(root);
  const known = words[code] ?? REASONS[code];
  return known ?? firstLine(root.message) + (code ? ` (${code})` : "");
}

/** The errno's name ("ENOSPC"); empty where the error has none. */
export function errnoOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  if (error instanceof Deno.errors.NotFound) return "ENOENT";
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
    ? "EACCES"
    : "";
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!.replace(/ \(os error \d+\)/, "").slice(0, MAX_CHARACTERS).trim() ||
    "unknown error";
}
