/** Where the report goes: the terminal, or a file that is opened before the window so that a typo costs no five minutes. */

import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { UserError } from "../errors.ts";

export interface ReportFile {
  /** Replaces what the file held. Throws UserError. */
  write(content: string | Uint8Array): void;
  close(): void;
}

/**
 * Opens the file for writing, made with mode 0640 where it is new. A symbolic link is refused (O_NOFOLLOW): reports are
 * often written by root into directories that others may write to. Throws UserError.
 */
export function openReportFile(path: string): ReportFile {
  // node:fs, for Deno.openSync cannot say O_NOFOLLOW.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
  const descriptor = orUserError(path, () => openSync(path, flags, 0o640));
  return {
    write: (content) =>
      orUserError(path, () => {
        if (fstatSync(descriptor).isFile()) {
          ftruncateSync(descriptor, 0);
          // By descriptor, not by path: an older report may be readable by all.
          fchmodSync(descriptor, 0o640);
        }
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        for (let written = 0; written < bytes.length;) {
          written += writeSync(descriptor, bytes, written, bytes.length - written);
        }
      }),
    close: () => closeSync(descriptor),
  };
}

const REASONS: Record<string, string> = {
  ELOOP: "it is a symbolic link, which reports do not follow",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "its directory does not exist",
  ENOTDIR: "its directory is not a directory",
  EISDIR: "it is a directory",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

function orUserError<T>(path: string, deed: () => T): T {
  try {
    return deed();
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    const reason = REASONS[code] ?? (error instanceof Error ? error.message : String(error));
    throw new UserError(`cannot write the report to ${path}: ${reason}; name another file`);
  }
}
