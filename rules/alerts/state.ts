/** The engine's state as JSON, and back. */

import * as z from "zod/mini";
import type { Alert } from "../../model/finding.ts";
import type { Instance } from "./instance.ts";

export const STATE_SCHEMA = "leakwatch.alert-state/1";

export interface AlertState {
  schema: typeof STATE_SCHEMA;
  /** Identities hold within one boot only. */
  boot_id: string;
  instances: Instance[];
  flapping: [string, number[]][];
  history: Alert[];
}

const state = z.enum(["pending", "firing", "resolved"]);
const number = z.nullable(z.number());

const schema = z.object({
  schema: z.literal(STATE_SCHEMA),
  boot_id: z.string(),
  instances: z.array(z.object({
    rule: z.string(),
    key: z.string(),
    subject: z.string(),
    service: z.nullish(z.string()),
    state,
    since_seconds: z.number(),
    clear_since_seconds: number,
    wall_seconds: z.number(),
    value: number,
    threshold: number,
    message: z.string(),
    next_step: z.string(),
    reported: z.boolean(),
  })),
  flapping: z.array(z.tuple([z.string(), z.array(z.number())])),
  history: z.array(z.object({
    rule: z.string(),
    severity: z.enum(["info", "warning", "critical"]),
    state,
    subject: z.string(),
    service: z.nullish(z.string()),
    value: number,
    threshold: number,
    message: z.string(),
    next_step: z.string(),
    since: z.string(),
    id: z.string(),
  })),
});

/** The state if it is one of ours, else null. */
export function restoreState(value: unknown): AlertState | null {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
