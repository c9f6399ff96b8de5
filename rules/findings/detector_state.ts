/**
 * The detector's state as JSON, and whether what was read is one: a file on a disk that was full, broken or another's must not
 * keep a watch from starting, nor end it later.
 */

import * as z from "zod/mini";
import { FINDING_KINDS } from "../../model/finding.ts";
import { BUCKET_CAP } from "../detector/mod.ts";
import type { UnmovedJson } from "./process_series.ts";
import type { RestartHistoryJson } from "./restart_history.ts";
import type { RegistryJson } from "./series_registry.ts";

export const STATE_VERSION = 3;

export interface LeakDetectorJson {
  version: typeof STATE_VERSION;
  boot_id: string;
  registry: RegistryJson;
  unmoved: UnmovedJson;
  restarts: RestartHistoryJson;
  /** null: never read. */
  lowest_unaccounted_bytes?: number | null;
}

const name = z.string().check(z.maxLength(8192));
/** Infinity is null in JSON. */
const orNever = z.nullable(z.number());
const count = z.int().check(z.minimum(0));
const positive = z.number().check(z.positive());
const kind = z.enum(FINDING_KINDS);

const subject = z.object({
  pid: z.nullable(count),
  start_ticks: z.nullable(count),
  name,
  unit: z.nullable(name),
  container: z.nullable(name),
  cgroup: z.nullish(name),
});

/** Without a sample there are no extremes. */
const flat = z.tuple([orNever, orNever, count, orNever, orNever, orNever, orNever])
  .check(z.refine((numbers) => numbers[2] === 0 || !numbers.includes(null)));

/** Six floats a row, in base64. */
const MAX_ROWS_LETTERS = Math.ceil(BUCKET_CAP * 6 * 4 / 3) * 4;
const buckets = z.object({
  width: positive,
  cap: z.number().check(z.minimum(1), z.maximum(BUCKET_CAP)),
  window: z.nullable(positive),
  origin: orNever,
  base: z.number(),
  open: z.tuple([z.number(), z.number()]),
  rows: z.base64().check(z.maxLength(MAX_ROWS_LETTERS)),
});

const series = z.object({
  since: z.optional(z.number()),
  flat: z.optional(flat),
  windows: z.optional(z.array(buckets).check(z.minLength(1), z.maxLength(16))),
  confirmed: z.optional(z.array(z.tuple([count, orNever])).check(z.maxLength(16))),
}).check(z.refine(({ flat, windows }) => (flat === undefined) !== (windows === undefined)));

/** A key is JSON: unit, container, and name. */
const parts = z.tuple([z.nullable(name), z.nullable(name), name]);
const program = name.check(z.refine((text) => {
  try {
    return parts.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}));

const run = z.object({
  leaked: z.boolean(),
  grew: z.boolean(),
  rate: z.object({ low: z.number(), mid: z.number(), high: z.number() }),
  seconds: z.number().check(z.minimum(0)),
  ended_at_seconds: z.number(),
});

const entry = z.object({
  key: name,
  kind,
  subject,
  unit: z.enum(["bytes", "percent", "count"]),
  what: name,
  min_rise: z.optional(positive),
  seen_at: z.number(),
  series,
});

const schema = z.object({
  version: z.literal(STATE_VERSION),
  boot_id: name,
  registry: z.object({ entries: z.array(z.unknown()) }),
  unmoved: z.array(z.tuple([name, flat])),
  restarts: z.object({ programs: z.array(z.tuple([program, z.array(run).check(z.maxLength(64))])) }),
  lowest_unaccounted_bytes: z.nullish(z.number()),
});

/**
 * null for anything that this version's `LeakDetector.toJSON` could not have written. A series that it could not have written is left
 * out alone: it begins anew, and the others go on.
 */
export function parseDetectorState(value: unknown): LeakDetectorJson | null {
  const state = schema.safeParse(value).data;
  if (state === undefined) return null;
  const entries = state.registry.entries.filter((each) => entry.safeParse(each).success);
  return { ...state, registry: { entries } } as LeakDetectorJson;
}
