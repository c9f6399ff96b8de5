/** From a series of an answer to judged lifetimes of its chain. */

import type { Chain, Chains, Lifetime } from "./chains.ts";
import type { FleetDetector } from "./detector.ts";
import type { Limits } from "./limits.ts";
import { cutLifetimes } from "./lifetimes.ts";
import type { FleetMetric } from "./metrics_table.ts";
import type { MatrixSeries } from "./parse_matrix.ts";
import type { Restarts } from "./restarts.ts";
import { versionOf } from "./versions.ts";
import type { FleetWindow } from "./window.ts";

/** What is known of a metric before its series come. */
export interface SeriesContext {
  metric: FleetMetric;
  chains: Chains;
  detector: FleetDetector;
  limits: Limits;
  restarts: Restarts;
  window: FleetWindow;
  step_seconds: number;
  /** Label that holds the version, where the user named one. */
  version_label: string | null;
  /** Keep a few values of those that do not grow, too. */
  sketches_all: boolean;
}

/** A lifetime found in an answer, to be added to its chain once the answer is whole. */
export interface FoundLifetime {
  chain: Chain;
  /** What makes it the same lifetime in the answer of another replica of the server. */
  identity: string;
  lifetime: Lifetime;
}

/** Why a series was left out. */
export class RefusedSeries extends Error {}

/** More than this share of broken points, and nobody knows what the rest are worth. */
const MAX_DROPPED_SHARE = 0.5;
/** Points left out at the start of a lifetime, where enough remain to judge. */
const START_UP_POINTS = 2, MIN_SETTLED_POINTS = 34;
const SKETCH_POINTS = 48;
/** Steps after its last point at which a series may still be alive. */
const ALIVE_STEPS = 3;
/** Labels in which only the servers differ that saw the same thing. */
const REPLICA_LABELS = new Set(["replica", "prometheus_replica", "prometheus", "__replica__"]);

/** Throws RefusedSeries where most of its points are none. */
export function classifyLifetimes(series: MatrixSeries, context: SeriesContext): FoundLifetime[] {
  const { labels, times, values, count, dropped } = series;
  if (dropped > MAX_DROPPED_SHARE * (count + dropped)) {
    throw new RefusedSeries(`${dropped} of ${count + dropped} points are not numbers or are out of order`);
  }
  const { metric, chains, window, step_seconds } = context;
  const chain = chains.chainOf(metric, labels);
  const limit = metric.limits.length > 0 ? context.limits.of(labels) : null;
  if (limit !== null) {
    chain.limit = limit.value;
    chain.limit_name = limit.name;
  }
  const shown = chains.shownLabels(labels, chain);
  const version = versionOf(labels, context.version_label);
  const ranges = cutLifetimes(times, values, count, {
    step_seconds,
    window_seconds: window.end_seconds - window.start_seconds,
    restarts_seconds: context.restarts.of(labels),
    is_sawtooth: metric.is_sawtooth,
  });
  const identity = ranges.length > 0 ? identityOf(labels) : "";
  return ranges.map(([from, to]) => {
    const end = times[to - 1]!;
    const assessment = context.detector.assess(times, values, settled(from, to), to, {
      unit: metric.unit,
      limit: chain.limit,
      what: metric.what,
      step_seconds,
      is_program: metric.is_program,
      age_seconds: end - (context.restarts.startOf(labels, times[from]!) ?? times[from]! - step_seconds),
    });
    const grows = assessment?.verdict === "leak" || assessment?.verdict === "growing";
    return {
      chain,
      identity: `${identity}\0${from === 0 ? "" : times[from]}`,
      lifetime: {
        labels: shown,
        version: version === null ? null : chains.intern(version),
        start_seconds: times[from]!,
        end_seconds: end,
        points: to - from,
        rise_share: riseShare(values, from, to),
        is_alive: window.end_seconds - end <= ALIVE_STEPS * step_seconds,
        assessment,
        sketch: grows || context.sketches_all ? sketchOf(times, values, from, to) : null,
        is_partial: false,
      },
    };
  });
}

/**
 * Where a lifetime's start-up is over: its first points are averages over a program that has just begun to load itself, and in a lifetime
 * of a day they would pass for growth.
 */
const settled = (from: number, to: number): number =>
  to - from >= MIN_SETTLED_POINTS ? from + START_UP_POINTS : from;

/** The labels but those in which replicas of the server differ. */
export function identityOf(labels: Readonly<Record<string, string>>): string {
  let identity = "";
  for (const name in labels) {
    if (!REPLICA_LABELS.has(name)) identity += `${name}\0${labels[name]}\0`;
  }
  return identity;
}

function riseShare(values: Float64Array, from: number, to: number): number {
  const quarter = Math.max(1, Math.trunc((to - from) / 4));
  let first = 0, last = 0;
  for (let i = 0; i < quarter; i++) {
    first += values[from + i]!;
    last += values[to - 1 - i]!;
  }
  return first + last > 0 ? 2 * (last - first) / (first + last) : 0;
}

function sketchOf(times: Float64Array, values: Float64Array, from: number, to: number): Lifetime["sketch"] {
  const count = Math.min(SKETCH_POINTS, to - from);
  const at = (i: number) => from + Math.round(i * (to - from - 1) / Math.max(1, count - 1));
  return {
    times: Float64Array.from({ length: count }, (_, i) => times[at(i)]!),
    values: Float32Array.from({ length: count }, (_, i) => values[at(i)]!),
  };
}
