/**
 * HotSpot's native memory tracking: what the JVM itself holds outside the heap, by purpose. Only where the JVM was started
 * with -XX:NativeMemoryTracking=summary (or detail); it cannot be turned on later.
 * Source: OpenJDK, src/hotspot/share/services/memReporter.cpp; the same words since Java 8.
 */

/** Committed bytes by purpose: "Thread", "Class", "Other" (direct buffers and Unsafe, since Java 11). */
export type NativeMemory = Map<string, number>;

const CATEGORY = /^-\s+(\S.*?) \(reserved=\d+, committed=(\d+)\)/;

/** From `VM.native_memory summary scale=B`; null where it is not tracked. Pure. */
export function parseNativeMemory(text: string): NativeMemory | null {
  const memory: NativeMemory = new Map();
  for (const line of text.split("\n")) {
    const found = CATEGORY.exec(line);
    if (found !== null) memory.set(found[1]!, Number(found[2]));
  }
  return memory.size === 0 ? null : memory;
}

/** Whether a JVM was started with tracking, by its command line and environment (both NUL-separated). Pure. */
export function tracksNativeMemory(cmdline: string, environ: string): boolean {
  const options = environ.split("\0").filter((one) =>
    /^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)=/.test(one)
  )
    .flatMap((one) => one.slice(one.indexOf("=") + 1).split(/\s+/));
  return [...cmdline.split("\0"), ...options].some((one) =>
    /^-XX:NativeMemoryTracking=(summary|detail)$/.test(one)
  );
}
