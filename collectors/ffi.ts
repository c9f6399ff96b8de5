/** Calls into libc: the one file that may (test/walls_test.ts). Every caller has a way to go on without. */

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
