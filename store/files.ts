/**
 * Opening, making and replacing files in directories where others may have put something in our way: links are not followed
 * (O_NOFOLLOW), a FIFO or a device is never waited for (O_NONBLOCK, then fstat), and what is written to is our own file with
 * one link. node:fs takes these flags, Deno's own open does not. Never chmod by path.
 */

import { open, rename } from "node:fs/promises";
import { errnoOf, reasonOf } from "../model/error_reason.ts";
import fs from "node:fs";
import process from "node:process";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;
const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o750;

/** An open descriptor with what fstat said of it. */
export interface OpenFile {
  file: number;
  stat: fs.Stats;
}

/** Opens for appending and reading, made where it is missing. Throws as openOwnFile does. */
export const openForAppend = (path: string): OpenFile =>
  openChecked(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, ownFileProblem);

/** Opens a file of our own for reading. Throws ELOOP on a symbolic link, and on whatever is no plain file of this user's. */
export const openOwnFile = (path: string): OpenFile =>
  openChecked(path, O_RDONLY | O_NOFOLLOW, ownFileProblem);

/** Opens a plain file for reading, whoever owns it. Throws on anything else; never waits for a writer. */
export const openPlainFile = (path: string, followLinks = false): OpenFile =>
  openChecked(path, O_RDONLY | (followLinks ? 0 : O_NOFOLLOW), plainFileProblem);

/**
 * The text of a plain file of at most so many bytes. Throws on anything else, a file that is larger included.
 * What was sparse (4 GiB that take no disk) is larger, too.
 */
export function readSmallFile(path: string, maxBytes: number): string {
  const { file, stat } = openPlainFile(path);
  try {
    if (stat.size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    // One byte more than allowed: the file may grow between fstat and here.
    const bytes = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = fs.readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    return new TextDecoder().decode(bytes.subarray(0, length));
  } finally {
    fs.closeSync(file);
  }
}

function openChecked(path: string, flags: number, problemOf: (stat: fs.Stats) => string | null): OpenFile {
  const file = fs.openSync(path, flags | O_NONBLOCK, FILE_MODE);
  const stat = fs.fstatSync(file);
  const problem = problemOf(stat);
  if (problem === null) return { file, stat };
  fs.closeSync(file);
  throw new Error(problem);
}

const plainFileProblem = (stat: fs.Stats): string | null =>
  stat.isFile() ? null : "what is in its place is not a plain file";

/** A file that another user made could be read, or cut off, by him; one with a second link is somebody's file elsewhere. */
function ownFileProblem(stat: fs.Stats): string | null {
  if (!stat.isFile()) return plainFileProblem(stat);
  if (stat.uid !== OWN_UID) return "a file of another user is in its place";
  return stat.nlink === 1 ? null : "a file with more than one link is in its place";
}

const OWN_UID = process.geteuid!();

/** No log holds a NUL byte; holes of a sparse file read as NULs without end. */
export const isAllNul = (bytes: Uint8Array): boolean => bytes[0] === 0 && bytes.every((byte) => byte === 0);

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

/** The same without waiting for the disk: for what is large. Rejects with what writing throws. */
export async function replaceFileLater(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryName(path);
  removeIfPresent(temporary);
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  } finally {
    await file.close();
  }
  await rename(temporary, path);
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
