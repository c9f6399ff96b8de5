/**
 * Making and replacing files in directories of our own, without following links that somebody else may have laid there:
 * O_NOFOLLOW on every open (node:fs takes the flags; Deno's own open does not), never chmod by path.
 */

import { errnoOf, reasonOf } from "../model/error_reason.ts";
import fs from "node:fs";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants;
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

/** Opens for appending, made where it is missing. Throws ELOOP on a symbolic link, EINVAL on what is no plain file. */
export function openForAppend(path: string): number {
  const file = fs.openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, FILE_MODE);
  if (fs.fstatSync(file).isFile()) return file;
  fs.closeSync(file);
  throw Object.assign(new Error(`${path} is not a plain file`), { code: "EINVAL" });
}

/** Makes an empty file that must not exist yet. Throws EEXIST. */
export function createExclusively(path: string): void {
  fs.closeSync(fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE));
}

/** Whether anything has this name; a link counts as itself. */
export function exists(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Replaces a file as a whole: a reader sees the old text or the new, also after a power cut. */
export function replaceFile(path: string, text: string): void {
  const temporary = temporaryName(path);
  removeIfPresent(temporary);
  const file = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    writeWhole(file, new TextEncoder().encode(text));
    fs.fsyncSync(file);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  } finally {
    fs.closeSync(file);
  }
  fs.renameSync(temporary, path);
}

/** Name of a file's unfinished successor; leftovers end in it. */
export const temporaryName = (path: string): string => `${path}.tmp`;

/** Writes all bytes or throws; may have written a part by then. */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += fs.writeSync(file, bytes, done, bytes.length - done);
  }
}

/** Makes the last directory of the path where only that one is missing. */
export function remakeDirectory(path: string): void {
  try {
    fs.mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

export function removeIfPresent(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

/** What these errno mean for a log: it was there when it was opened. */
const LOG_REASONS = { ENOSPC: "no space or no inodes left on the device", ENOENT: "the directory is gone" };

/** Why a log cannot be written, for people. */
export const writeErrorReason = (error: unknown): string => reasonOf(error, LOG_REASONS);
