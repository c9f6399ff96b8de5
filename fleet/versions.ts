/** Which version a leak began with: told by the lifetimes before and after its roll-out. */

import type { VersionComparison } from "../model/fleet_report.ts";
import type { Chain, Lifetime } from "./chains.ts";

export interface VersionCount {
  version: string;
  /** Unix seconds of the first point of its first lifetime. */
  since_seconds: number;
  lifetimes_assessed: number;
  lifetimes_leaking: number;
}

export interface BlamedVersion extends VersionComparison {
  rolled_out_seconds: number;
}

/** Shares of leaking lifetimes that blame a version: of its own, and of those before it. */
const BLAMED_SHARE = 0.5, INNOCENT_SHARE = 0.2;
/** Judged lifetimes that either side must have, and how long they must be. */
const MIN_LIFETIMES = 2, MIN_LIFETIME_SECONDS = 6 * 3600;

/** Tag or digest of an image, without the repository; null where there is none. */
export function versionOf(
  labels: Readonly<Record<string, string>>,
  versionLabel: string | null,
): string | null {
  if (versionLabel !== null && versionLabel !== "image") return labels[versionLabel] || null;
  const image = labels["image"];
  if (!image) return null;
  const digest = image.indexOf("@");
  if (digest >= 0) return image.slice(digest + 1);
  const name = image.slice(image.lastIndexOf("/") + 1), colon = name.lastIndexOf(":");
  return colon >= 0 ? name.slice(colon + 1) : image;
}

/** Versions in the order of their roll-outs. */
export function versionsOf({ lifetimes }: Pick<Chain, "lifetimes">): VersionCount[] {
  const versions = new Map<string, VersionCount>();
  for (const lifetime of lifetimes) {
    if (lifetime.version === null) continue;
    const known = versions.get(lifetime.version);
    const count = known ??
      { version: lifetime.version, since_seconds: Infinity, lifetimes_assessed: 0, lifetimes_leaking: 0 };
    count.since_seconds = Math.min(count.since_seconds, lifetime.start_seconds);
    if (lifetime.assessment !== null) count.lifetimes_assessed++;
    if (lifetime.assessment?.verdict === "leak") count.lifetimes_leaking++;
    if (!known) versions.set(lifetime.version, count);
  }
  return [...versions.values()].sort((a, b) => a.since_seconds - b.since_seconds);
}

const isLong = (lifetime: Lifetime) => lifetime.end_seconds - lifetime.start_seconds >= MIN_LIFETIME_SECONDS;

/**
 * The version since which a workload leaks: the first whose lifetimes leak for the most part while those before it did not. Null where
 * there is no such version, or but one.
 */
export function blameVersion(
  chain: Pick<Chain, "lifetimes">,
  versions: readonly VersionCount[],
): BlamedVersion | null {
  const judged = chain.lifetimes.filter((lifetime) =>
    lifetime.assessment !== null && lifetime.version !== null && isLong(lifetime)
  );
  const order = new Map(versions.map(({ version }, index) => [version, index]));
  for (let index = 1; index < versions.length; index++) {
    const { version, since_seconds } = versions[index]!;
    const before = judged.filter((lifetime) => order.get(lifetime.version!)! < index);
    const own = judged.filter((lifetime) => lifetime.version === version);
    const leaking = (lifetimes: readonly Lifetime[]) =>
      lifetimes.filter((lifetime) => lifetime.assessment!.verdict === "leak").length;
    const [beforeLeaks, ownLeaks] = [leaking(before), leaking(own)];
    if (own.length === 0 || before.length === 0) continue;
    if (ownLeaks < BLAMED_SHARE * own.length || beforeLeaks > INNOCENT_SHARE * before.length) continue;
    if (!growsLess(before, own)) continue;
    return {
      version,
      rolled_out_seconds: since_seconds,
      before_assessed: before.length,
      before_leaking: beforeLeaks,
      after_assessed: own.length,
      after_leaking: ownLeaks,
      fisher_p: fisherP(ownLeaks, own.length, beforeLeaks, before.length),
      is_suspicion: own.length < MIN_LIFETIMES || before.length < MIN_LIFETIMES,
    };
  }
  return null;
}

/**
 * Whether the lifetimes before grew at less than half of the rate: whoever rose as fast is not innocent, whatever it was called. Each
 * counts by its length: in one of a day the rise of a program's start-up alone is a rate.
 */
function growsLess(before: readonly Lifetime[], own: readonly Lifetime[]): boolean {
  const rates = own.filter(({ assessment }) => assessment!.verdict === "leak")
    .map(({ assessment }) => assessment!.rate_per_hour.mid).sort((a, b) => a - b);
  const half = rates[Math.trunc((rates.length - 1) / 2)]! / 2;
  const slow = before.filter(({ assessment }) => assessment!.rate_per_hour.mid < half);
  return secondsOf(slow) >= (1 - INNOCENT_SHARE) * secondsOf(before);
}

const secondsOf = (lifetimes: readonly Lifetime[]): number =>
  lifetimes.reduce((sum, { start_seconds, end_seconds }) => sum + end_seconds - start_seconds, 0);

/** The version after which a leak is gone: it follows one that leaked and does not leak itself. */
export function goneSince(versions: readonly VersionCount[]): string | null {
  const judged = versions.filter(({ lifetimes_assessed }) => lifetimes_assessed >= MIN_LIFETIMES);
  const share = ({ lifetimes_leaking, lifetimes_assessed }: VersionCount) =>
    lifetimes_leaking / lifetimes_assessed;
  for (let i = judged.length - 1; i > 0; i--) {
    if (share(judged[i]!) > INNOCENT_SHARE) return null;
    if (share(judged[i - 1]!) >= BLAMED_SHARE) return judged[i]!.version;
  }
  return null;
}

/** One-sided: `a` or more of `n` where `a + b` of `n + m` are drawn by lot (Fisher 1922). */
export function fisherP(a: number, n: number, b: number, m: number): number {
  const drawn = a + b;
  let p = 0;
  for (let k = a; k <= Math.min(n, drawn); k++) {
    p += Math.exp(logChoose(n, k) + logChoose(m, drawn - k) - logChoose(n + m, drawn));
  }
  return Math.min(1, p);
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity;
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
