/** From the lifetimes of a chain to one verdict: agreement between replicas is evidence that no single series has. */

import type { RatePerHour, Severity, Verdict } from "../model/finding.ts";
import type { WorkloadVerdict } from "../model/fleet_report.ts";
import type { Chain, Lifetime } from "./chains.ts";
import type { Assessment, FleetDetector } from "./detector.ts";
import { type BlamedVersion, blameVersion, goneSince, type VersionCount, versionsOf } from "./versions.ts";

export interface ClassifiedWorkload {
  chain: Chain;
  verdict: WorkloadVerdict;
  severity: Severity;
  confidence: number;
  rate_per_hour: RatePerHour | null;
  /** Of the lifetime that meets its limit first. */
  time_to_limit_seconds: { low: number; high: number | null } | null;
  /** Judged lifetimes of the newest version that has any; the verdict is about these. */
  lifetimes_assessed: number;
  lifetimes_leaking: number;
  /** Pods or instances that these lifetimes ran in. */
  replicas: number;
  replicas_leaking: number;
  versions: VersionCount[];
  blamed_version: BlamedVersion | null;
  gone_since: string | null;
  /** The lifetime whose rate is in the middle; its evidence stands for all. */
  typical: Lifetime | null;
  /** The lifetime that meets the limit first. */
  first_full: Lifetime | null;
  /** The lifetimes that leak. */
  leaking: Lifetime[];
  /** Other findings that this one explains. */
  explains: ClassifiedWorkload[];
  caused_by: ClassifiedWorkload | null;
}

type ClassifiedLifetime = Lifetime & { assessment: Assessment };

/** Share of the newest version's lifetimes that make a leak of the workload. */
const LEAKING_SHARE = 0.5;
/** Lifetimes that must all have grown before it is a leak that restarts hide. */
const RESTART_LIFETIMES = 3;
/** Replicas see the same load and the same cron: what correlation their verdicts are taken to have. */
const CORRELATION = 0.5;
const MAX_CONFIDENCE = 0.97;
/** A daily wave that all replicas share must not become proof. */
const SHORT_WINDOW_SECONDS = 2 * 86_400, SHORT_WINDOW_CONFIDENCE = 0.6;
/** Up to this share of an earlier warm-up's rise and time it is the same warm-up; of the earlier lifetimes so many must be one. */
const AS_BEFORE = 1.2, WARM_UP_SHARE = 0.5;
const CRITICAL_SECONDS = 24 * 3600;

const leaks = (lifetime: ClassifiedLifetime) => lifetime.assessment.verdict === "leak";
const grows = (lifetime: ClassifiedLifetime) => leaks(lifetime) || lifetime.assessment.verdict === "growing";

/** Judges all chains of one metric together. */
export function classifyWorkloads(
  chains: readonly Chain[],
  windowSeconds: number,
  detector: FleetDetector,
): ClassifiedWorkload[] {
  const seen = chains.map((chain) => view(chain));
  const looked = seen.reduce((sum, { judged }) => sum + judged.length, 0);
  const leakingLifetimes = seen.flatMap(({ judged }) => judged.filter(leaks));
  const stands = new Set(
    leakingLifetimes.filter(
      keptBy(detector.standAmongMany(leakingLifetimes.map(({ assessment }) => assessment), looked)),
    ),
  );
  // One number per workload: how sure the drift of its typical leaking lifetime is.
  const accused = seen.filter(({ leaking, newest }) =>
    leaking.length > 0 && leaking.length >= LEAKING_SHARE * newest.length
  );
  const workloads = seen.filter(({ judged }) => judged.length > 0).length;
  const standing = new Set(
    accused.filter(
      keptBy(
        detector.standAmongMany(accused.map(({ leaking }) => middle(leaking, drift).assessment), workloads),
      ),
    ),
  );
  return seen.map((each) => classifyOne(each, { stands, isStanding: standing.has(each), windowSeconds }));
}

const drift = (lifetime: ClassifiedLifetime) => lifetime.assessment.drift;
const keptBy = (flags: readonly boolean[]) => (_: unknown, index: number) => flags[index] === true;

interface ChainView {
  chain: Chain;
  versions: VersionCount[];
  /** All judged lifetimes, oldest first. */
  judged: ClassifiedLifetime[];
  /** Those of the newest version that has judged lifetimes. */
  newest: ClassifiedLifetime[];
  leaking: ClassifiedLifetime[];
}

function view(chain: Chain): ChainView {
  const versions = versionsOf(chain);
  const judged = chain.lifetimes.filter((lifetime): lifetime is ClassifiedLifetime =>
    lifetime.assessment !== null
  )
    .sort((a, b) => a.start_seconds - b.start_seconds || (a.end_seconds - b.end_seconds));
  const newestVersion = versions.findLast(({ lifetimes_assessed }) => lifetimes_assessed > 0)?.version ??
    null;
  const newest = newestVersion === null ? judged : judged.filter(({ version }) => version === newestVersion);
  return { chain, versions, judged, newest, leaking: newest.filter(leaks) };
}

interface Together {
  /** Lifetimes that stand the correction for having looked at so many. */
  stands: ReadonlySet<ClassifiedLifetime>;
  /** So does the workload. */
  isStanding: boolean;
  windowSeconds: number;
}

function classifyOne(seen: ChainView, { stands, isStanding, windowSeconds }: Together): ClassifiedWorkload {
  const { chain, newest, leaking, versions, judged } = seen;
  const sure = leaking.filter((lifetime) => stands.has(lifetime));
  const isWarmUp = warmedUpBefore(judged, leaking);
  const areMost = leaking.length > 0 && leaking.length >= LEAKING_SHARE * newest.length;
  const isLeak = !isWarmUp && areMost && (leaking.length >= 2 || isStanding);
  const verdict: WorkloadVerdict = isWarmUp
    ? "warm-up"
    : isLeak
    ? "leak"
    : sure.length > 0 && !areMost
    ? "leak-in-some-replicas"
    : isHiddenByRestarts(seen)
    ? "leak-hidden-by-restarts"
    : commonest(newest);
  const about = isLeak
    ? leaking
    : verdict === "leak-in-some-replicas"
    ? sure
    : verdict === "leak-hidden-by-restarts"
    ? judged.slice(-RESTART_LIFETIMES)
    : newest.filter((lifetime) => lifetime.assessment.verdict === verdict || (isWarmUp && leaks(lifetime)));
  const first = firstFull(about);
  const time = first?.assessment.time_to_limit_seconds ?? null;
  const isAccused = isLeak || verdict.startsWith("leak-");
  return {
    chain,
    verdict,
    severity: severityOf(verdict, about.length, time?.low ?? null),
    confidence: confidenceOf(verdict, about, newest.length, windowSeconds),
    rate_per_hour: rateOf(about),
    time_to_limit_seconds: time,
    lifetimes_assessed: newest.length,
    lifetimes_leaking: leaking.length,
    replicas: replicasOf(newest),
    replicas_leaking: replicasOf(leaking),
    versions,
    blamed_version: isLeak ? blameVersion(chain, versions) : null,
    gone_since: isAccused ? null : goneSince(versions),
    typical: about.length > 0 ? middle(about, (lifetime) => lifetime.assessment.rate_per_hour.mid) : null,
    first_full: first,
    leaking: isAccused ? about.filter(leaks) : [],
    explains: [],
    caused_by: null,
  };
}

/**
 * Whether lifetimes that seem to leak have risen no further, and no longer, than earlier ones that then stopped: a long warm-up
 * whose end the window does not show. Only a fleet can know: it has seen the same program warm up before.
 */
function warmedUpBefore(
  judged: readonly ClassifiedLifetime[],
  leaking: readonly ClassifiedLifetime[],
): boolean {
  if (leaking.length === 0) return false;
  const first = Math.min(...leaking.map(({ start_seconds }) => start_seconds));
  const earlier = judged.filter(({ start_seconds, version }) =>
    start_seconds < first && version !== leaking[0]!.version
  );
  const warmUps = earlier.filter(({ assessment }) => assessment.verdict === "warm-up");
  if (warmUps.length === 0 || warmUps.length < WARM_UP_SHARE * earlier.length) return false;
  const span = ({ start_seconds, end_seconds }: Lifetime) => end_seconds - start_seconds;
  const typical = middle(leaking, ({ assessment }) => assessment.rise);
  return typical.assessment.rise <=
      AS_BEFORE * Math.max(...warmUps.map(({ assessment }) => assessment.rise)) &&
    span(typical) <= AS_BEFORE * Math.max(...warmUps.map(span));
}

const replicasOf = (lifetimes: readonly Lifetime[]): number =>
  new Set(lifetimes.map(({ labels }) => labels["pod"] ?? labels["instance"] ?? "")).size;

/** One replica at a time that grows until it ends and begins anew, as rules/findings/restart_history.ts asks of a unit. */
function isHiddenByRestarts({ judged, chain }: ChainView): boolean {
  const last = judged.slice(-RESTART_LIFETIMES);
  if (last.length < RESTART_LIFETIMES || !last.every(grows) || !last.some(leaks)) return false;
  const inTurn = last.every((lifetime, i) => i === 0 || lifetime.start_seconds >= last[i - 1]!.end_seconds);
  return inTurn && chain.lifetimes.length > 0;
}

function commonest(lifetimes: readonly ClassifiedLifetime[]): Verdict {
  const counts = new Map<Verdict, number>();
  for (const { assessment: { verdict } } of lifetimes) {
    // A single leak that stands no correction is growth.
    const said = verdict === "leak" ? "growing" : verdict;
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "insufficient-data";
}

/** The lifetime in the middle by this number. */
function middle<T>(lifetimes: readonly T[], by: (lifetime: T) => number): T {
  const sorted = [...lifetimes].sort((a, b) => by(a) - by(b));
  return sorted[Math.trunc((sorted.length - 1) / 2)]!;
}

/** Median of the lifetimes' rates, between the 5th and the 95th of 100; of one lifetime its own interval. */
function rateOf(lifetimes: readonly ClassifiedLifetime[]): RatePerHour | null {
  if (lifetimes.length === 0) return null;
  if (lifetimes.length === 1) return lifetimes[0]!.assessment.rate_per_hour;
  const mids = lifetimes.map((lifetime) => lifetime.assessment.rate_per_hour.mid).sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (mids.length - 1), below = Math.floor(position);
    const above = Math.min(below + 1, mids.length - 1);
    return mids[below]! + (mids[above]! - mids[below]!) * (position - below);
  };
  return { low: at(0.05), mid: at(0.5), high: at(0.95) };
}

/** Of those still alive, the one whose limit is nearest. */
function firstFull(lifetimes: readonly ClassifiedLifetime[]): ClassifiedLifetime | null {
  let first: ClassifiedLifetime | null = null;
  for (const lifetime of lifetimes) {
    const low = lifetime.is_alive ? lifetime.assessment.time_to_limit_seconds?.low : undefined;
    if (low !== undefined && low < (first?.assessment.time_to_limit_seconds?.low ?? Infinity)) {
      first = lifetime;
    }
  }
  return first;
}

/**
 * Agreement of n replicas whose verdicts correlate by ρ: the normal deviate of a typical lifetime's confidence grows by
 * n ÷ √(n + ρ n (n − 1)), which never exceeds √2 at ρ = ½.
 */
function confidenceOf(
  verdict: WorkloadVerdict,
  lifetimes: readonly ClassifiedLifetime[],
  judged: number,
  windowSeconds: number,
): number {
  if (lifetimes.length === 0) return 0;
  const one = middle(lifetimes, (lifetime) => lifetime.assessment.confidence).assessment.confidence;
  if (verdict !== "leak" || lifetimes.length < 2) return one;
  const n = lifetimes.length, weight = n / Math.sqrt(n + CORRELATION * n * (n - 1));
  const pooled = normalCdf(normalQuantile(one) * weight) * (0.5 + 0.5 * n / judged);
  return Math.min(pooled, windowSeconds < SHORT_WINDOW_SECONDS ? SHORT_WINDOW_CONFIDENCE : MAX_CONFIDENCE);
}

function severityOf(verdict: WorkloadVerdict, lifetimes: number, seconds: number | null): Severity {
  const soon = seconds !== null && seconds <= CRITICAL_SECONDS;
  if (verdict === "leak" || verdict === "leak-hidden-by-restarts") return soon ? "critical" : "warning";
  if (verdict === "leak-in-some-replicas") return lifetimes >= 2 ? "warning" : "info";
  return verdict === "growing" && soon ? "warning" : "info";
}

/** Abramowitz and Stegun 26.2.17, to 7.5e-8. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) *
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}

/** By bisection: it is asked for once per workload. */
export function normalQuantile(p: number): number {
  let low = -6, high = 6;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
