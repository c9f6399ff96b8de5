import { parseMapping, readLines } from "../../collectors/procfs/maps.ts";
import type { Target } from "../target.ts";

/** Version of an interpreter by the first of its mapped files whose name tells it; null where none does. */
export function readVersion(
  { pid, proc }: Pick<Target, "pid" | "proc">,
  pattern: RegExp,
): { major: number; minor: number } | null {
  try {
    for (const line of readLines(`${proc}/${pid}/maps`)) {
      const [major, minor] = (pattern.exec(parseMapping(line)?.name ?? "") ?? []).slice(1).filter(Boolean);
      if (major !== undefined) return { major: Number(major), minor: Number(minor) };
    }
  } catch {
    // Hidden, or ended.
  }
  return null;
}
