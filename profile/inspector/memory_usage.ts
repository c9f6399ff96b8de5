/** What a JavaScript heap says of itself. */

import { isObject, type Session } from "./client.ts";

export interface MemoryUsage {
  /** Objects of the JavaScript heap, garbage that is not yet collected included. */
  heap_bytes: number;
  /** Buffers and other memory that objects hold outside the heap; null where the runtime does not say. */
  external_bytes: number | null;
}

/** Asks `Runtime.getHeapUsage` and `process.memoryUsage()`. Throws ProfileError. */
export async function readMemoryUsage(session: Session): Promise<MemoryUsage> {
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  let external: number | null = null;
  try {
    const expression = "process.memoryUsage().external";
    const { result } = await session.send("Runtime.evaluate", { expression, returnByValue: true });
    if (isObject(result) && typeof result.value === "number") external = result.value;
  } catch {
    // No such function here.
  }
  return { heap_bytes: Number(usedSize) || 0, external_bytes: external };
}

/** The difference; null where one end is unknown. */
export function usageGrowth(
  before: MemoryUsage,
  after: MemoryUsage,
): { heap_bytes: number; external_bytes: number | null } {
  const external = before.external_bytes === null || after.external_bytes === null
    ? null
    : after.external_bytes - before.external_bytes;
  return { heap_bytes: after.heap_bytes - before.heap_bytes, external_bytes: external };
}
