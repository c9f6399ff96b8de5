/**
 * The bytes of a recorded file, plain or compressed, in bounded pieces. A recording may come from anybody: what is no plain
 * file is not opened, holes are not read to their end, and a gzip bomb is given up when it has shown itself.
 */

import fs from "node:fs";
import { gunzipSync } from "node:zlib";
import { isAllNul, openPlainFile } from "./files.ts";

const CHUNK_BYTES = 1 << 18;
/** gzip makes at most 1,032 bytes of one (RFC 1951), so that no piece becomes more than 4 MiB. */
const PACKED_BYTES = 4096;
/** Logs shrink to a tenth or a fiftieth; more than this, beyond the first MiB, is made to do harm. */
const MAX_RATIO = 250;
const FREE_BYTES = 16 * 2 ** 20;
const MAX_INFLATED_BYTES = 2 ** 31;
/** In one piece; a rotated segment has 64 MiB. */
const MAX_INFLATED_AT_ONCE = 128 * 2 ** 20;
/** So long may one turn of the event loop take: viewers of the page and samples wait meanwhile. */
const TURN_MILLISECONDS = 8;

/** Stops where nothing but NUL bytes comes. */
function* piecesOf(file: number, bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(bytes);
  while (true) {
    const count = fs.readSync(file, buffer, 0, buffer.length, null);
    if (count === 0) return;
    const piece = buffer.subarray(0, count);
    if (isAllNul(piece)) return;
    yield piece;
  }
}

/**
 * The same, unpacked as they come where the file is compressed, with the event loop served in between.
 * Throws where a compressed one breaks off, is damaged, or unpacks to more than a log can.
 */
export async function* streamChunks(path: string): AsyncGenerator<Uint8Array> {
  const { file } = openPlainFile(path);
  let turnEnds = performance.now() + TURN_MILLISECONDS;
  try {
    for await (const chunk of isGzip(file) ? inflated(file) : piecesOf(file, CHUNK_BYTES)) {
      yield chunk;
      if (performance.now() < turnEnds) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      turnEnds = performance.now() + TURN_MILLISECONDS;
    }
  } finally {
    fs.closeSync(file);
  }
}

async function* inflated(file: number): AsyncGenerator<Uint8Array> {
  let packed = 0, unpacked = 0;
  const pieces = piecesOf(file, PACKED_BYTES);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) return controller.close();
      packed += value.length;
      controller.enqueue(value.slice());
    },
  }, { highWaterMark: 0 });
  for await (const chunk of source.pipeThrough(new DecompressionStream("gzip"))) {
    unpacked += chunk.length;
    if (unpacked > allowedBytes(packed)) throw new UnpackError(TOO_MUCH);
    yield chunk;
  }
}

/**
 * A file as one table's chunks, unpacked in one piece where it is compressed.
 * Throws where it cannot be unpacked or would become more than 128 MiB.
 */
export function* chunksOfRecording(path: string): Generator<Uint8Array> {
  const { file, stat } = openPlainFile(path, true);
  try {
    if (!isGzip(file)) return yield* piecesOf(file, CHUNK_BYTES);
    if (stat.size > MAX_INFLATED_AT_ONCE) throw new UnpackError(TOO_MUCH);
    const packed = fs.readFileSync(file);
    yield unpack(packed, Math.min(MAX_INFLATED_AT_ONCE, allowedBytes(packed.length)));
  } finally {
    fs.closeSync(file);
  }
}

/** A compressed file that is damaged, or becomes more than a log can. */
export class UnpackError extends Error {
  override readonly name = "UnpackError";
}

function unpack(packed: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    return gunzipSync(packed, { maxOutputLength });
  } catch (error) {
    const isTooMuch = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    throw new UnpackError(isTooMuch ? TOO_MUCH : error instanceof Error ? error.message : String(error));
  }
}

const TOO_MUCH = "it becomes larger than a log can be; unpack it with gunzip if you trust it";

const allowedBytes = (packed: number) =>
  Math.min(MAX_INFLATED_BYTES, Math.max(FREE_BYTES, packed * MAX_RATIO));

function isGzip(file: number): boolean {
  const magic = new Uint8Array(2);
  return fs.readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}
