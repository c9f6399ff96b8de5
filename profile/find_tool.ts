/** Finds other programs: trusted files by absolute path. Reads only. */

import { ProfileError } from "./errors.ts";

/** Programs that may be started. */
export type ToolName =
  | "perf"
  | "gdb"
  | "nsenter"
  | "addr2line"
  | "c++filt"
  | "rustfilt"
  | "go"
  | "jcmd"
  | "jfr"
  | "dotnet-gcdump"
  | "ruby"
  | "python3";

/** All that PATH is for a program that we start. */
export const TOOL_DIRECTORIES = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/**
 * Absolute path of a tool, null where it is not installed or may be written by others: root must not run what a user placed.
 * PATH is not asked.
 */
export function findTool(name: ToolName): string | null {
  for (const directory of TOOL_DIRECTORIES) {
    try {
      const path = Deno.realPathSync(`${directory}/${name}`);
      if (isTrusted(path)) return path;
    } catch {
      // Not there.
    }
  }
  return null;
}

/** Owned by root or by us and not writable by others, and so every folder above it. */
function isTrusted(path: string): boolean {
  const info = Deno.statSync(path);
  if (!info.isFile || !((info.mode ?? 0) & 0o111)) return false;
  for (let at = path;; at = at.slice(0, at.lastIndexOf("/")) || "/") {
    const { uid, mode } = Deno.statSync(at);
    const isSticky = ((mode ?? 0) & 0o1000) !== 0;
    if ((uid !== 0 && uid !== Deno.uid()) || (((mode ?? 0o777) & 0o022) !== 0 && !isSticky)) return false;
    if (at === "/") return true;
  }
}

/** The same where it must be there. Throws ProfileError. */
export function requireTool(name: ToolName): string {
  const path = findTool(name);
  if (path === null) throw new ProfileError(`needs ${name}, which is not installed`);
  return path;
}
