/**
 * The detector's state as JSON, and whether what was read is one: a file on a disk that was full, broken or another's must not
 * keep a watch from starting, nor end it later.
 */

import * as z from "zod";
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

const name = z.string().max(8192);
/** Infinity is null in JSON. */
const orNever = z.number().nullable();
const kind = z.enum(FINDING_KINDS);

const subject = z.object({
  pid: z.int().min(0).nullable(),
  start_ticks: z.int().min(0).nullable(),
  name,
  unit: name.nullable(),
  container: name.nullable(),
  cgroup: name.nullish(),
});

/** Without a sample there are no extremes. */
const flat = z.tuple([orNever, orNever, z.int().min(0), orNever, orNever, orNever, orNever])
  .refine((numbers) => numbers[2] === 0 || !numbers.includes(null));

/** Six floats a row, in base64. */
const MAX_ROWS_LETTERS = Math.ceil(BUCKET_CAP * 6 * 4 / 3) * 4;
const buckets = z.object({
  width: z.number().positive(),
  cap: z.number().min(1).max(BUCKET_CAP),
  window: z.number().positive().nullable(),
  origin: orNever,
  base: z.number(),
  open: z.tuple([z.number(), z.number()]),
  rows: z.base64().max(MAX_ROWS_LETTERS),
});

const series = z.object({
  since: z.number().optional(),
  flat: flat.optional(),
  windows: z.array(buckets).min(1).max(16).optional(),
  confirmed: z.array(z.tuple([z.int().min(0), orNever])).max(16).optional(),
}).refine(({ flat, windows }) => (flat === undefined) !== (windows === undefined));

/** A key is JSON: unit, container, and name. */
const parts = z.tuple([name.nullable(), name.nullable(), name]);
const program = name.refine((text) => {
  try {
    return parts.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
});

const run = z.object({
  leaked: z.boolean(),
  grew: z.boolean(),
  rate: z.object({ low: z.number(), mid: z.number(), high: z.number() }),
  seconds: z.number().min(0),
  ended_at_seconds: z.number(),
});

const entry = z.object({
  key: name,
  kind,
  subject,
  unit: z.enum(["bytes", "percent", "count"]),
  what: name,
  min_rise: z.number().positive().optional(),
  seen_at: z.number(),
  series,
});

const schema = z.object({
  version: z.literal(STATE_VERSION),
  boot_id: name,
  registry: z.object({ entries: z.array(z.unknown()) }),
  unmoved: z.array(z.tuple([name, flat])),
  restarts: z.object({ programs: z.array(z.tuple([program, z.array(run).max(64)])) }),
  lowest_unaccounted_bytes: z.number().nullish(),
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
