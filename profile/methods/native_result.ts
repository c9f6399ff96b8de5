/** Sites of the native methods: stacks with their source lines. */

import type { PerfFrame } from "../native/perf_script.ts";
import { describeStacks } from "../native/source_lines.ts";
import type { StackTable } from "../native/stacks.ts";
import { type ProfileSite, rankSites } from "../result.ts";
import type { Target } from "../target.ts";

/** Stacks beyond this many are merged into nothing: their shares are too small to act on. */
const MAX_DESCRIBED = 200;

/** Names the stacks of the largest entries and ranks them. */
export async function namedSites(
  target: Target,
  stacks: StackTable,
  entries: readonly { stack: number; live_bytes: number; count: number }[],
): Promise<ProfileSite[]> {
  const described = entries.slice(0, MAX_DESCRIBED);
  const frames: (readonly PerfFrame[])[] = described.map(({ stack }) => stacks.get(stack));
  const texts = await describeStacks(target, frames);
  const sites = new Map<string, Omit<ProfileSite, "share">>();
  described.forEach(({ live_bytes, count }, at) => {
    const key = texts[at]!.join("\n");
    const site = sites.get(key);
    if (site === undefined) {
      sites.set(key, { stack: texts[at]!, type: null, live_bytes, count, held_by: null });
    } else {
      site.live_bytes = (site.live_bytes ?? 0) + live_bytes;
      site.count = (site.count ?? 0) + count;
    }
  });
  return rankSites([...sites.values()]);
}

/** What a window may hold besides leaks. */
export function windowWarning(seconds: number): string {
  return `window ${
    Math.round(seconds)
  } s: what is freed later than that, as caches being refilled, is among the sites`;
}
