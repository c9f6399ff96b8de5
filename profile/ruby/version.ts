import { readVersion } from "../inject/version.ts";
import type { Target } from "../target.ts";

/** Why this Ruby cannot run code through postponed jobs; null where it can, as far as its files' names tell. */
export function rubyRefusal(target: Target): string | null {
  const version = readVersion(target, /\/(?:lib)?ruby-?(\d)\.(\d+)|\/libruby\.so\.(\d)\.(\d+)/);
  if (version === null) return "unknown version; Ruby 3.0 to 3.2 is known to run code safely";
  if (version.major === 3 && version.minor <= 2) return null;
  return `needs Ruby 3.0 to 3.2, whose postponed jobs run code safely; this is ${version.major}.${version.minor}`;
}
