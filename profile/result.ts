/** What is computed alike of every method's result: ranks, shares, coverage. Pure. */

import type { ProfileResult, ProfileSite } from "../model/profile_result.ts";

export type {
  GrowthSource,
  Meaning,
  ProfileCost,
  ProfileResult,
  ProfileSite,
} from "../model/profile_result.ts";

/** Sites kept of one result: a flame graph's worth; the report shows the first five. */
export const MAX_SITES = 1000;

/** Below this share of the growth the sites do not explain it. */
export const MIN_COVERAGE = 0.5;

/** What every method has to say of its window. */
type Measured = Pick<ProfileResult, "seconds" | "growth_bytes" | "growth_source" | "meaning" | "sites">;

/** A result of `method`. What is left out is as for most: the main heap, nothing lost, no pause that was measured. */
export function makeResult(
  method: string,
  { pid, start_time }: Pick<ProfileResult, "pid" | "start_time">,
  {
    seconds,
    part = null,
    growth_bytes,
    growth_source,
    meaning,
    sites,
    coverage = coverageOf(sites, growth_bytes),
    lost_events = 0,
    cost = { pause_ms: null, slowdown: null, left_behind: [] },
    warnings = [],
  }: Measured & Partial<ProfileResult>,
): ProfileResult {
  const window = { seconds, part, growth_bytes, growth_source, meaning, coverage, lost_events };
  return { method, pid, start_time, ...window, sites, cost, warnings };
}

/**
 * Share of `growth` that the sites hold, at most 1. null where nothing grew (a share of nothing says nothing) or no site has
 * bytes.
 */
export function coverageOf(sites: readonly ProfileSite[], growth: number | null): number | null {
  if (growth === null || growth <= 0) return null;
  if (sites.length > 0 && sites.every((site) => site.live_bytes === null)) return null;
  const explained = sites.reduce((sum, site) => sum + Math.max(0, site.live_bytes ?? 0), 0);
  return Math.min(1, explained / growth);
}

/** Largest first, each with its share of the sum of what grew, cut to MAX_SITES. By count where no site has bytes. */
export function rankSites(sites: readonly Omit<ProfileSite, "share">[]): ProfileSite[] {
  const byBytes = sites.some((site) => site.live_bytes !== null);
  const size = (site: Omit<ProfileSite, "share">) =>
    Math.max(0, (byBytes ? site.live_bytes : site.count) ?? 0);
  const total = sites.reduce((sum, site) => sum + size(site), 0);
  return sites.map((site) => ({ ...site, share: total > 0 ? size(site) / total : null }))
    .sort((a, b) => size(b) - size(a)).slice(0, MAX_SITES);
}
