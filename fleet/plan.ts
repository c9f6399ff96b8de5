/** How a metric is read: the expression, and the shards that keep every answer small enough for a production server. */

import type { FleetMetric } from "./metrics_table.ts";
import { matchersOf, oneOf, seconds, selector } from "./selectors.ts";

/** A part of a metric's series that one query asks for. */
export interface Shard {
  metric: FleetMetric;
  /** Values of the metric's shard label, or null for all series. */
  values: string[] | null;
  /** Further matchers, of a value that is too large for one query. */
  matchers: string[];
  estimated_points: number;
  /** How often it was halved. */
  depth: number;
}

/** Points in one answer: about 31 MB of JSON. */
export const SHARD_POINTS = 1_000_000;
/** A matcher of more values, or a longer one, is a burden of its own. */
const MAX_VALUES = 200, MAX_MATCHER_CHARACTERS = 8000;
/** Halvings after which a shard is given up. */
export const MAX_DEPTH = 5;

/** Shards of at most SHARD_POINTS, values in order of name. `counts`: expected points by value of the shard label. */
export function planShards(metric: FleetMetric, counts: ReadonlyMap<string, number>): Shard[] {
  const total = [...counts.values()].reduce((sum, points) => sum + points, 0);
  if (total <= SHARD_POINTS) {
    return [{ metric, values: null, matchers: [], estimated_points: total, depth: 0 }];
  }
  const shards: Shard[] = [];
  let values: string[] = [], points = 0, characters = 0;
  const close = () => {
    if (values.length > 0) shards.push({ metric, values, matchers: [], estimated_points: points, depth: 0 });
    values = [];
    points = characters = 0;
  };
  for (const [value, expected] of [...counts].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)) {
    const isFull = points + expected > SHARD_POINTS || values.length >= MAX_VALUES ||
      characters + value.length > MAX_MATCHER_CHARACTERS;
    if (isFull) close();
    values.push(value);
    points += expected;
    characters += value.length + 1;
  }
  close();
  return shards.flatMap(splitToSize);
}

/** A value too large for one query, halved until its parts are expected to fit. */
function splitToSize(shard: Shard): Shard[] {
  if (shard.estimated_points <= SHARD_POINTS) return [shard];
  const halves = splitShard(shard);
  return halves === null ? [shard] : halves.flatMap((half) => splitToSize({ ...half, depth: 0 }));
}

/** Every other letter and digit: names that count and names that are drawn by lot are halved alike. */
const HALF_OF_CHARACTERS = "[02468bdfhjlnprtvxz]";

/** Two halves of a shard: of its values, else by the characters at the end of a pod's or instance's name; null where it is done. */
export function splitShard(shard: Shard): [Shard, Shard] | null {
  const { values, matchers, metric } = shard;
  const half = { ...shard, estimated_points: shard.estimated_points / 2, depth: shard.depth + 1 };
  if (values !== null && values.length > 1) {
    const middle = Math.ceil(values.length / 2);
    return [{ ...half, values: values.slice(0, middle) }, { ...half, values: values.slice(middle) }];
  }
  const label = metric.shard === "namespace" ? "pod" : "instance";
  const position = matchers.length;
  if (position >= 8) return null;
  // A port says nothing.
  const pattern = `".*${HALF_OF_CHARACTERS}.{${position}}(:[0-9]+)?"`;
  return [
    { ...half, matchers: [...matchers, `${label}=~${pattern}`] },
    { ...half, matchers: [...matchers, `${label}!~${pattern}`] },
  ];
}

/** The matchers of a shard beside the metric's own. */
export function shardMatchers({ metric, values, matchers }: Shard): string[] {
  return values === null ? matchers : [oneOf(metric.shard, values), ...matchers];
}

/** The expression that gives a point per step: averages, for bare samples would be lost where a scrape takes longer. */
export function expressionOf(
  metric: FleetMetric,
  select: string | null,
  further: readonly string[],
  step: number,
): string {
  const matchers = [...metric.matchers, matchersOf(select), ...further];
  const average = (name: string) => `avg_over_time(${selector(name, matchers)}[${seconds(step)}])`;
  if (metric.subtracted_from !== null) return `${average(metric.subtracted_from)} - ${average(metric.name)}`;
  const averages = average(metric.name);
  return metric.summed.length > 0 ? `sum without (${metric.summed.join(", ")}) (${averages})` : averages;
}
