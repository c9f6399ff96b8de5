/**
 * The counters that a HotSpot JVM publishes in /tmp/hsperfdata_USER/PID.
 * Layout: jdk.internal.perf / hotspot/share/runtime/perfMemory.hpp, version 2.0: a prologue of 32 bytes (magic 0xcafec0c0,
 * byte order, offset of the first entry at 24, number of entries at 28), then entries of a header of 20 bytes, name, value.
 */

/** Type code of a 64 bit counter, as in JNI signatures. */
const LONG = "J".charCodeAt(0);

/** Every counter of type long. Empty where the bytes are none of a JVM. */
export function parseHsperfdata(bytes: Uint8Array<ArrayBuffer>): Map<string, number> {
  const counters = new Map<string, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 32 || view.getUint32(0) !== 0xcafec0c0) return counters;
  const little = view.getUint8(4) === 1;
  const count = view.getInt32(28, little);
  let at = view.getInt32(24, little);
  for (let entry = 0; entry < count && at >= 32 && at + 20 <= bytes.length; entry++) {
    const length = view.getInt32(at, little);
    if (length < 20 || at + length > bytes.length) break;
    const value = at + view.getInt32(at + 16, little);
    if (view.getUint8(at + 12) === LONG && view.getInt32(at + 8, little) === 0 && value + 8 <= at + length) {
      const name = text(bytes, at + view.getInt32(at + 4, little), at + length);
      counters.set(name, Number(view.getBigInt64(value, little)));
    }
    at += length;
  }
  return counters;
}

function text(bytes: Uint8Array, from: number, limit: number): string {
  let to = from;
  while (to < limit && bytes[to] !== 0) to++;
  return new TextDecoder().decode(bytes.subarray(from, to));
}
