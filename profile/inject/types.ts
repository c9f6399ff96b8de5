import { ProfileError } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { TypeCount } from "../type_growth.ts";

/** What `count_types` of an interpreter answers. */
export interface TypeCounts {
  types: Map<string, TypeCount>;
  /** Objects that the collector tracks. */
  objects: number;
  milliseconds: number;
  /** Live bytes of the interpreter's heap, where it can tell. */
  heap_bytes: number | null;
  /** Who holds an object of the types that grew most, nearest first. */
  holders: Map<string, string[]>;
}

const MAX_HOLDERS = 16;

/** The target's word, checked. Bytes of the program's types are estimates with what they own. Throws ProfileError. Pure. */
export function parseTypeCounts(answer: Record<string, unknown>): TypeCounts {
  const { types, objects, milliseconds, holders } = answer;
  if (
    !isRecord(types) || !isRecord(holders) || typeof objects !== "number" || typeof milliseconds !== "number"
  ) {
    throw new ProfileError("the target's answer is not a count of types");
  }
  const counts = new Map<string, TypeCount>();
  for (const [name, pair] of Object.entries(types)) {
    if (!Array.isArray(pair) || typeof pair[0] !== "number") continue;
    counts.set(name, { count: pair[0], bytes: typeof pair[1] === "number" ? Math.round(pair[1]) : null });
  }
  const chains = Object.entries(holders).map(([name, chain]): [string, string[]] => [
    name,
    Array.isArray(chain) ? chain.filter((one) => typeof one === "string").slice(0, MAX_HOLDERS) : [],
  ]);
  const heap_bytes = typeof answer.heap_bytes === "number" ? answer.heap_bytes : null;
  return { types: counts, objects, milliseconds, heap_bytes, holders: new Map(chains) };
}
