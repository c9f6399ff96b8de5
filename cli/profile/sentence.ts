/** The profile in one sentence, never claiming more than its figures mean. */

import { isLibraryFrame, shortFrame, userFrames } from "../../profile/frames.ts";
import { explainsGrowth, isChance, isHint } from "../../profile/profile.ts";
import type { Meaning, ProfileResult, ProfileSite } from "../../profile/result.ts";
import {
  formatBytes,
  formatChange,
  formatCountChange,
  formatDuration,
  formatRatio,
} from "../../model/format.ts";

/** What the sites of a result are, to be put behind a share or an amount. */
export const MEANINGS: Record<Meaning, string> = {
  "outstanding": "allocated and not freed in the window (so is a cache being refilled)",
  "live-sampled": "allocated in the window and still alive at its end, sampled",
  "instance-growth": "more instances at the end of the window than at its start",
  "touched": "first touched in the window: what touches new memory is not always what keeps it",
  "resident-growth": "memory added in the window, by mapping: where it is, not what put it there",
  "part-growth": "memory added in the window, by the runtime's own counters: which part, not what fills it",
  "open-descriptors": "opened in the window and still open, by kind and path",
  "not-referenced": "not touched in the window: evidence of a leak, not proof (an idle cache is cold too)",
};

/** Said of a process that did not grow, too. */
const IS_STATE: ReadonlySet<Meaning> = new Set<Meaning>(["not-referenced", "open-descriptors"]);

/** The type alone; what grows in step with it stands in the table. */
const typeName = ({ type }: ProfileSite) => type && type.replace(/, with each of them .*$/s, "");

/** Links of a chain that a sentence has room for. */
const MAX_LINKS = 4;

/** The program's own links of a chain of holders, nearest first: a map's nodes say nothing. */
function shortHolder(chain: string): string {
  const links = chain.split(" <- ");
  const own = links.filter((link) => !isLibraryFrame(link));
  const named = own.length > 0 ? own : links;
  return named.slice(0, MAX_LINKS).join(" <- ") + (named.length > MAX_LINKS ? " <- …" : "");
}

/** Who the site is: the first frame that is the program's own, and its caller; or its type. */
export function siteName({ stack, type }: ProfileSite): string {
  if (stack.length === 0) return type ?? "unknown";
  const [own, caller] = userFrames(stack).map(shortFrame);
  return caller === undefined ? own! : `${own}, called from ${caller}`;
}

/** The headline of a result; says so where nothing grew or the growth is not explained. */
export function headline(result: ProfileResult): string {
  const { sites, seconds } = result;
  const window = formatDuration(Math.round(seconds));
  const site = sites[0];
  if (result.growth_bytes !== null && result.growth_bytes <= 0 && !IS_STATE.has(result.meaning)) {
    return `it did not grow in these ${window} (${
      formatChange(result.growth_bytes)
    }); profile while it grows, or longer: --for 5m`;
  }
  if (site === undefined) return `nothing was recorded in ${window}`;
  const held = site.held_by === null ? "" : `; held by ${shortHolder(site.held_by)}`;
  const share = formatRatio(site.share);
  const name = siteName(site);
  switch (result.meaning) {
    case "live-sampled":
      return `${share} of what was allocated in ${window} and is still alive comes from ${name}${
        inlined(result, site)
      }${held}`;
    case "outstanding":
      return `${share} of what was allocated and not freed in ${window} comes from ${name}${held}`;
    case "instance-growth":
      return `${typeName(site) ?? name} grew by ${formatCountChange(site.count)} instances${
        site.live_bytes === null ? "" : ` (${formatChange(site.live_bytes)})`
      } in ${window}${site.type === null || site.stack.length === 0 ? "" : `, allocated in ${name}`}${held}`;
    case "touched":
      return `${share} of the new memory is first touched in ${name}: a hint, not what keeps it`;
    case "resident-growth":
      return `${share} of the growth lies in ${name} (${
        formatChange(site.live_bytes)
      } in ${window}); this does not tell which code`;
    case "part-growth":
      return `${name} grew by ${formatBytes(site.live_bytes)} in ${window}, by the runtime's own counters`;
    case "open-descriptors":
      return `${formatCountChange(site.count)} open: ${name} in ${window}`;
    case "not-referenced":
      return `${formatBytes(site.live_bytes)} of ${name} was not touched in ${window}`;
  }
}

/** What the sites of a hint are of the growth: never an explanation, however much they cover. */
const HINTS: Partial<Record<Meaning, string>> = {
  "touched": "is first touched here",
  "resident-growth": "lies in these parts",
};

/** How much of the growth the sites stand for; below half it says that they do not explain it. */
export function coverageMessage(result: ProfileResult): string {
  const { growth_bytes, growth_source, coverage, seconds, meaning } = result;
  if (growth_bytes === null) return "how much the process grew meanwhile could not be read";
  const what = growth_source === "heap"
    ? "its heap"
    : growth_source === "rss"
    ? "its memory"
    : "what was recorded";
  const grew = `${what} changed by ${formatChange(growth_bytes)} in ${formatDuration(Math.round(seconds))}`;
  if (coverage === null) return `${grew}; the share that these sites explain is unknown`;
  if (isChance(result)) {
    const blocks = result.sites.reduce((sum, { count }) => sum + (count ?? 0), 0);
    return `${grew}; these sites explain ${
      formatRatio(coverage)
    } of it, but they are ${blocks} blocks only, which may be chance`;
  }
  const share = formatRatio(coverage);
  if (isHint(result)) return `${grew}; ${share} of it ${HINTS[meaning]}, which does not explain the growth`;
  return `${grew}; these sites explain ${share} of it${
    explainsGrowth(result) ? "" : ", so they do not explain the growth"
  }`;
}

/** Callees named in a sentence. */
const MAX_CALLEES = 2;

/**
 * V8 counts an inlined function's allocations for its caller. Where what the site calls allocates too, it may be that: they are
 * named.
 */
function inlined({ method, sites }: ProfileResult, { stack }: ProfileSite): string {
  const [own] = userFrames(stack);
  if (method !== "inspector-sampling" || own === undefined) return "";
  const callees = sites.map((other) => userFrames(other.stack)).filter((frames) => frames.indexOf(own) > 0)
    .map((frames) => shortFrame(frames[0]!));
  const named = [...new Set(callees)].filter((frame) => !isLibraryFrame(frame)).slice(0, MAX_CALLEES);
  return named.length === 0 ? "" : ` or what was inlined there (it calls ${named.join(", ")})`;
}
