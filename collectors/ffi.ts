/** Calls into libc: the one file that may (test/import_rules_test.ts). Every caller has a way to go on without. */

/** SIG_IGN of <signal.h>. */
const SIG_IGN = 1n;

/**
 * signal(2) with SIG_IGN: the kernel discards the signal from now on, whichever thread it is sent to. Child processes inherit
 * that. False where libc cannot be called.
 */
export function ignoreSignal(number: number): boolean {
  try {
    const libc = Deno.dlopen("libc.so.6", { signal: { parameters: ["i32", "usize"], result: "isize" } });
    const previous = libc.symbols.signal(number, SIG_IGN);
    libc.close();
    return previous !== -1n; // SIG_ERR
  } catch {
    return false;
  }
}

/** RLIMIT_NOFILE of <sys/resource.h> on x86-64 and arm64. */
const RLIMIT_NOFILE = 7;

/**
 * Raises the soft limit of open descriptors (getrlimit(2)) to `wanted`, or to the hard limit where that is lower. The limit that
 * holds now; null where libc cannot be called. Child processes inherit it.
 */
export function raiseDescriptorLimit(wanted: number): number | null {
  const limits = new BigUint64Array(2); // rlim_cur, rlim_max
  const bytes = new Uint8Array(limits.buffer);
  const symbol = { parameters: ["i32", "buffer"], result: "i32" } as const;
  try {
    const libc = Deno.dlopen("libc.so.6", { getrlimit: symbol, setrlimit: symbol });
    try {
      if (libc.symbols.getrlimit(RLIMIT_NOFILE, bytes) !== 0) return null;
      const [soft, hard] = [Number(limits[0]), Number(limits[1])];
      const target = Math.min(wanted, hard);
      if (soft >= target) return soft;
      limits[0] = BigInt(target);
      return libc.symbols.setrlimit(RLIMIT_NOFILE, bytes) === 0 ? target : soft;
    } finally {
      libc.close();
    }
  } catch {
    return null;
  }
}

/** pread(2): descriptor, buffer, length, offset → bytes read, or -1. */
export type Pread = (descriptor: number, into: Uint8Array, length: number, offset: number) => number;

/** null where libc cannot be called. The library stays open as long as the program runs. */
export function loadPread(): Pread | null {
  try {
    // A result of 64 bits would be a BigInt, garbage at every call; what is read here is short.
    const libc = Deno.dlopen("libc.so.6", {
      pread64: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
    });
    return libc.symbols.pread64 as unknown as Pread;
  } catch {
    return null;
  }
}

/**
 * malloc_trim(3) of glibc: gives what is free in the C library's heaps, which are the runtime's, back to the kernel. JavaScript's heap
 * is not among them. null where it cannot be called. The library stays open as long as the program runs.
 */
export function loadMallocTrim(): (() => void) | null {
  try {
    const libc = Deno.dlopen("libc.so.6", { malloc_trim: { parameters: ["usize"], result: "i32" } });
    return () => void libc.symbols.malloc_trim(0n);
  } catch {
    return null;
  }
}
