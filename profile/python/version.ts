import type { Target } from "../target.ts";
import { readVersion } from "../inject/version.ts";

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
