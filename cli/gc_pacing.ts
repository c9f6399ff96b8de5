/** Keeps the memory of commands that run for weeks small and level. */

import v8 from "node:v8";
import vm from "node:vm";
import { loadMallocTrim } from "../collectors/ffi.ts";

/**
 * Garbage that is let lie. Young garbage alone costs about a millisecond to collect, everything some 50 ms of CPU. Deno 2.9 does not
 * tell them apart: the gc() that it gives to a new context collects everything twice, 100 ms on a heap of 25 MiB. Started with
 * --v8-flags=--expose-gc it does, but then 12,000 samples let the resident set grow by 10 MiB with these bounds.
 */
const GARBAGE_BYTES = 8 * 1024 * 1024;
/** Of a large heap, which takes longer to go through, this share is let lie. */
const GARBAGE_SHARE = 0.25;

/**
 * V8's compiler takes memory of the C library in bursts, and the C library keeps what is given back: 8 of 41 MiB of anonymous memory
 * after two minutes beside 100 processes. Giving it to the kernel takes milliseconds.
 */
const TRIM_SECONDS = 60;

/**
 * Collects garbage before much of it lies about. Left to itself, V8 lets the heap of a process that is never idle grow to
 * many times what is in use: over 12,000 samples the resident set went from 105 to 177 MiB, and our own detector called it a
 * leak (bench/monitor/long_run.ts). Here rather than by V8 flags when packing: sources and packed files then behave alike.
 */
export function gcPacing(garbageBytes = GARBAGE_BYTES): { observe(): void } {
  v8.setFlagsFromString("--expose-gc");
  // The flag shows in new contexts only.
  const collect: ((options?: { type: "minor" }) => void) | undefined = vm.runInNewContext("globalThis.gc");
  const trim = loadMallocTrim();
  let usedAfter = 0, usedAfterAll = 0, trimmedAt = performance.now();
  return {
    observe() {
      if (performance.now() > trimmedAt + 1000 * TRIM_SECONDS) {
        trim?.();
        trimmedAt = performance.now();
      }
      if (heapUsed() < usedAfter + garbageBytes) return;
      // Nearly all garbage is of the last sample: young.
      collect?.({ type: "minor" });
      usedAfter = heapUsed();
      if (usedAfter < usedAfterAll + Math.max(garbageBytes, GARBAGE_SHARE * usedAfterAll)) return;
      collect?.();
      usedAfter = usedAfterAll = heapUsed();
    },
  };
}

/** With what lies outside of the heap and is let go by its garbage collector: buffers of numbers. */
function heapUsed(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
