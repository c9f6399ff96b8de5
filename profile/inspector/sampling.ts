/** V8's sampling heap profile (HeapProfiler domain of the DevTools protocol) as sites. Pure; the answer is not trusted. */

import { ProfileError } from "../errors.ts";
import { formatFrame } from "../frame.ts";
import { isLibraryFrame } from "../frames.ts";
import { type ProfileSite, rankSites } from "../result.ts";
import { isObject } from "./client.ts";

/** V8 samples 128 frames of a stack; deeper and longer answers are no profile of its. */
const MAX_DEPTH = 512;
const MAX_NODES = 1_000_000;

export interface SamplingProfile {
  /** Bytes and number of samples alive, by stack; V8 has scaled both to what they stand for. */
  sites: ProfileSite[];
  live_bytes: number;
}

interface Walk {
  nodes: number;
  depth: number;
  sites: Map<string, Omit<ProfileSite, "share">>;
}

/**
 * Sums what is alive by stack. Stacks that end in the same line of the program are one site, the one with most bytes naming
 * it: inlining drops frames, so that one line shows with several stacks. `olderThan`: count only samples allocated before
 * this ordinal, which have outlived the time since; null counts all. Throws ProfileError where the answer is no profile.
 */
export function parseSamplingProfile(profile: unknown, olderThan: number | null = null): SamplingProfile {
  if (!isObject(profile) || !isObject(profile.head)) {
    throw new ProfileError("the inspector's answer is not a heap profile");
  }
  const kept = olderThan === null ? null : survivors(profile.samples, olderThan);
  const walk: Walk = { nodes: 0, depth: 0, sites: new Map() };
  visit(profile.head, [], walk, kept);
  const sites = rankSites([...walk.sites.values()]);
  return {
    sites: mergeByLine(sites),
    live_bytes: sites.reduce((sum, site) => sum + (site.live_bytes ?? 0), 0),
  };
}

/** The largest ordinal so far: samples allocated later have greater ones. 0 where there are none. */
export function lastOrdinal(profile: unknown): number {
  const samples = isObject(profile) && Array.isArray(profile.samples) ? profile.samples : [];
  return samples.reduce(
    (last, sample) => Math.max(last, isObject(sample) ? Number(sample.ordinal) || 0 : 0),
    0,
  );
}

interface Kept {
  bytes: number;
  count: number;
}

/** Bytes by node of the samples that are older. */
function survivors(samples: unknown, olderThan: number): Map<number, Kept> {
  const byNode = new Map<number, Kept>();
  for (const sample of Array.isArray(samples) ? samples : []) {
    if (!isObject(sample) || !(Number(sample.ordinal) <= olderThan)) continue;
    const node = Number(sample.nodeId);
    const kept = byNode.get(node) ?? { bytes: 0, count: 0 };
    byNode.set(node, kept);
    kept.bytes += positive(sample.size);
    kept.count++;
  }
  return byNode;
}

function visit(
  node: Record<string, unknown>,
  outer: string[],
  walk: Walk,
  kept: Map<number, Kept> | null,
): void {
  if (++walk.depth > MAX_DEPTH || ++walk.nodes > MAX_NODES) {
    throw new ProfileError("the heap profile is too deep");
  }
  const frame = frameOf(node.callFrame);
  const stack = frame === null ? outer : [frame, ...outer];
  const own = kept === null ? { bytes: positive(node.selfSize), count: 0 } : kept.get(Number(node.id));
  if (own !== undefined && own.bytes > 0) {
    const key = stack.join("\n");
    const site = walk.sites.get(key) ??
      { stack, type: null, live_bytes: 0, count: kept === null ? null : 0, held_by: null };
    walk.sites.set(key, site);
    site.live_bytes = (site.live_bytes ?? 0) + own.bytes;
    if (site.count !== null) site.count += own.count;
  }
  for (const child of Array.isArray(node.children) ? node.children : []) {
    if (isObject(child)) visit(child, stack, walk, kept);
  }
  walk.depth--;
}

/** `function file.js:line`; null for the root. */
function frameOf(callFrame: unknown): string | null {
  if (!isObject(callFrame)) return null;
  const name = typeof callFrame.functionName === "string" ? callFrame.functionName : "";
  const url = typeof callFrame.url === "string" ? callFrame.url : "";
  if (name === "(root)" && url === "") return null;
  const line = Number(callFrame.lineNumber);
  if (url === "") return formatFrame({ name: name || "(anonymous)", file: "builtin", line: null });
  const file = url.replace(/^file:\/\//, "").replaceAll(/\s/g, "%20");
  // Lines count from 0, and -1 stands for none.
  return formatFrame({ name: name || "(anonymous)", file, line: line >= 0 ? line + 1 : null });
}

/** Sites whose innermost frame of the program is the same. */
function mergeByLine(sites: readonly ProfileSite[]): ProfileSite[] {
  const merged = new Map<string, Omit<ProfileSite, "share">>();
  for (const site of sites) {
    const line = site.stack.find((frame) => !isLibraryFrame(frame)) ?? site.stack[0] ?? "";
    const whole = merged.get(line);
    if (whole === undefined) merged.set(line, { ...site });
    else {
      whole.live_bytes = (whole.live_bytes ?? 0) + (site.live_bytes ?? 0);
      if (whole.count !== null) whole.count += site.count ?? 0;
    }
  }
  return rankSites([...merged.values()]);
}

function positive(value: unknown): number {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
