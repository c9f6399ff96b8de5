/**
 * Rows of numbers as a short text: 32-bit floats, little endian, the first bytes of all rows, then the second ones, and so on, in
 * base64. Keys, counts and exponents hardly differ between neighbours, so that this way they compress to a fraction.
 */

import { Buffer } from "node:buffer";

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

export function encodeRows(values: ArrayLike<number>, stride: number): string {
  const rows = Float32Array.from(values);
  return Buffer.from(shuffled(new Uint8Array(rows.buffer), stride * FLOAT_BYTES).buffer).toString("base64");
}

/** None where the text is no such one; an incomplete last row is left out. */
export function decodeRows(text: string, stride: number): Float32Array {
  try {
    const bytes = Uint8Array.from(Buffer.from(text, "base64"));
    const records = Math.trunc(bytes.length / (stride * FLOAT_BYTES));
    // What was written as the first bytes of all records are records of so many bytes: shuffled again it is as it was.
    return new Float32Array(shuffled(bytes.subarray(0, records * stride * FLOAT_BYTES), records).buffer);
  } catch {
    return new Float32Array(0);
  }
}

function shuffled(bytes: Uint8Array, recordBytes: number): Uint8Array<ArrayBuffer> {
  const records = Math.trunc(bytes.length / recordBytes), out = new Uint8Array(records * recordBytes);
  for (let i = 0; i < records; i++) {
    for (let k = 0; k < recordBytes; k++) out[k * records + i] = bytes[i * recordBytes + k]!;
  }
  return out;
}
