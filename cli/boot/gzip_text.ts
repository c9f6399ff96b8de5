/** Text that is compressed in parts, so that no part holds up the loop for long. */

import { Buffer } from "node:buffer";

/** More than this is none of ours. */
const MAX_TEXT_BYTES = 64 * 1024 ** 2;

/** The parts together, compressed, as base64. */
export async function gzipText(parts: Iterable<string>): Promise<string> {
  const stream = new CompressionStream("gzip"), writer = stream.writable.getWriter();
  const compressed = new Response(stream.readable).arrayBuffer();
  const encoder = new TextEncoder();
  for (const part of parts) {
    await writer.write(encoder.encode(part));
    await new Promise((resolve) => setTimeout(resolve));
  }
  await writer.close();
  return Buffer.from(await compressed).toString("base64");
}

/** Throws where it is no such text, or one that is too long. */
export async function gunzipText(base64: string): Promise<string> {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder();
  let text = "", length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > MAX_TEXT_BYTES) throw new RangeError("Cannot read the text: it is too long");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
