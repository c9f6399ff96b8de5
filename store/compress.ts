/** Compresses a closed segment in small steps, so that no sample waits and memory stays flat. */

import fs from "node:fs";
import { isAllNul, openOwnFile, removeIfPresent, temporaryName, writeWhole } from "./files.ts";

/** About 2 ms of gzip: the longest that a sample can be held up. */
const STEP_BYTES = 64 * 1024;

/**
 * Turns `path` into `path.gz` and removes it. A failure (a full disk) leaves the segment as it is, which readers know too, and
 * so does what is no log of ours (a FIFO, another user's file, holes); resolves to whether it was compressed.
 */
export async function compressSegment(path: string): Promise<boolean> {
  const target = `${path}.gz`;
  const temporary = temporaryName(target);
  let input: number | null = null;
  let output: number | null = null;
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
    input = openOwnFile(path).file;
    removeIfPresent(temporary);
    output = fs.openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
    const gzip = new CompressionStream("gzip");
    await Promise.all([feed(input, gzip.writable), drain(gzip.readable, output)]);
    fs.fsyncSync(output);
    fs.renameSync(temporary, target);
    removeIfPresent(path);
    return true;
  } catch {
    try {
      removeIfPresent(temporary);
    } catch { /* a read-only disk: the next session's start removes it */ }
    return false;
  } finally {
    if (input !== null) fs.closeSync(input);
    if (output !== null) fs.closeSync(output);
  }
}

async function feed(input: number, into: WritableStream<BufferSource>): Promise<void> {
  const writer = into.getWriter();
  try {
    while (true) {
      // A fresh buffer each time: the stream may still hold the last one.
      const buffer = new Uint8Array(STEP_BYTES);
      const count = fs.readSync(input, buffer, 0, buffer.length, null);
      if (count === 0) break;
      if (isAllNul(buffer.subarray(0, count))) throw new Error("not a log");
      await writer.write(buffer.subarray(0, count));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}

async function drain(from: ReadableStream<Uint8Array>, output: number): Promise<void> {
  const reader = from.getReader();
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      writeWhole(output, value);
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  }
}
