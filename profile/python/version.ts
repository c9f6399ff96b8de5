import type { Target } from "../target.ts";
import { readVersion } from "../inject/version.ts";

/**
 * Proven with 3.7 to 3.13. From 3.14 on sys.remote_exec (PEP 768) would do the same without calling a function of the
 * stopped process; it is not used, for no such Python was at hand to prove it on.
 */
const MIN_MINOR = 7;

/** Why this Python cannot run code through pending calls; null where it can, as far as its files' names tell. */
export function pythonRefusal(target: Target): string | null {
  if (/\/pypy[\d.]*( \(deleted\))?$/.test(target.executable ?? "")) {
    return "PyPy has no queue of pending calls that a debugger can reach";
  }
  const version = readVersion(target, /\/(?:lib)?python(\d)\.(\d+)/);
  if (version === null || (version.major === 3 && version.minor >= MIN_MINOR)) return null;
  return `needs CPython 3.${MIN_MINOR} or newer, this is ${version.major}.${version.minor}`;
}
