/**
 * Which type grows, from two counts of live instances by type. Containers and strings of the language's own library lead
 * every such list; what names the leak is the program's type that grows with them: for each new OrderRecord one HashMap
 * and three byte[]. So the program's types come first, and a library type is counted with the program's type whose
 * growth its own growth is a multiple of.
 */

import { MAX_SITES, type ProfileSite } from "./result.ts";

export interface TypeCount {
  count: number;
  /** Bytes of the instances themselves, without what they refer to; null where only counts are sound. */
  bytes: number | null;
}

export interface TypeGrowth {
  type: string;
  count: number;
  bytes: number | null;
  /** Library types that grow in step with it; `per_instance` of them for each new instance. */
  companions: { type: string; count: number; bytes: number | null; per_instance: number }[];
  /** Growth in bytes of the type and of its companions. */
  total_bytes: number | null;
}

/** Fewer new instances in a window are start-up, logging, or the profile itself. */
const MIN_GROWTH = 20;
/** In step: the library type's growth is within this ratio of a whole multiple, for others allocate it too. */
const STEP_TOLERANCE = 0.03;
/** A list node, a boxed key, a few strings; above that a coincidence explains as much. */
const MAX_PER_INSTANCE = 16;
/** A program's type with fewer new instances than this share of a library type's explains little of that one's growth. */
const MIN_SHARE_OF_LIBRARY = 0.1;

/**
 * Types that grew: the program's first, each with the library types in step with it, then the rest; larger ones first. Pure.
 * `isLibrary` tells the language's own types from the program's.
 */
export function rankTypeGrowth(
  before: ReadonlyMap<string, TypeCount>,
  after: ReadonlyMap<string, TypeCount>,
  isLibrary: (type: string) => boolean,
): TypeGrowth[] {
  const grown: TypeGrowth[] = [];
  for (const [type, { count, bytes }] of after) {
    const old = before.get(type);
    const growth = count - (old?.count ?? 0);
    if (growth < MIN_GROWTH) continue;
    const byteGrowth = bytes === null ? null : bytes - (old?.bytes ?? 0);
    grown.push({ type, count: growth, bytes: byteGrowth, companions: [], total_bytes: byteGrowth });
  }
  const byCount = (a: TypeGrowth, b: TypeGrowth) => b.count - a.count || (a.type < b.type ? -1 : 1);
  const leaders = grown.filter(({ type }) => !isLibrary(type)).sort(byCount);
  const alone: TypeGrowth[] = [];
  for (const library of grown.filter(({ type }) => isLibrary(type))) {
    const leader = leaders.find(({ count }) => inStep(library.count, count));
    if (leader === undefined) {
      alone.push(library);
      continue;
    }
    leader.companions.push({
      type: library.type,
      count: library.count,
      bytes: library.bytes,
      per_instance: Math.round(library.count / leader.count),
    });
    if (leader.total_bytes !== null) leader.total_bytes += library.bytes ?? 0;
  }
  for (const { companions } of leaders) {
    companions.sort((a, b) => (b.bytes ?? b.count) - (a.bytes ?? a.count));
  }
  const busiest = Math.max(0, ...alone.map(({ count }) => count));
  const telling = leaders.filter(({ count }) => count >= MIN_SHARE_OF_LIBRARY * busiest);
  const others = [...leaders.filter((leader) => !telling.includes(leader)), ...alone];
  const bySize = (a: TypeGrowth, b: TypeGrowth) =>
    (b.total_bytes ?? 0) - (a.total_bytes ?? 0) || byCount(a, b);
  return [...telling.sort(bySize), ...others.sort(bySize)];
}

function inStep(count: number, leader: number): boolean {
  const multiple = Math.round(count / leader);
  return multiple >= 1 && multiple <= MAX_PER_INSTANCE &&
    Math.abs(count - multiple * leader) <= STEP_TOLERANCE * multiple * leader;
}

/** Sites in the order given, each with its share of what grew: by bytes, or by count where no type has bytes. */
export function sitesOfGrowth(types: readonly TypeGrowth[]): ProfileSite[] {
  const byBytes = types.some(({ total_bytes }) => total_bytes !== null);
  const size = ({ total_bytes, count }: TypeGrowth) => Math.max(0, (byBytes ? total_bytes : count) ?? 0);
  const total = types.reduce((sum, type) => sum + size(type), 0);
  return types.slice(0, MAX_SITES).map((growth) => ({
    stack: [],
    type: describeGrowth(growth),
    live_bytes: growth.total_bytes,
    count: growth.count,
    share: total > 0 ? size(growth) / total : null,
    held_by: null,
  }));
}

/** "LeakOrders$OrderRecord with 1 byte[], 1 HashMap each". */
export function describeGrowth({ type, companions }: TypeGrowth): string {
  if (companions.length === 0) return type;
  const named = companions.slice(0, 3).map(({ type, per_instance }) => `${per_instance} ${type}`);
  return `${type}, with each of them ${named.join(", ")}`;
}
