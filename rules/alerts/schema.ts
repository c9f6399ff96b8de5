/** The shape of a rules file; what the words in it mean is checked in parse.ts. */

import * as z from "zod";
import { SINK_SCHEMAS } from "../../model/sink_config.ts";
import { METHOD_WORDS } from "../../model/profile_methods.ts";
import { SCOPES } from "./variables.ts";

const NAME = /^[a-z][a-z0-9-]{0,59}$/;
const PARAMETER = /^[a-z][a-z0-9_]{0,59}$/;

const name = z.string().regex(NAME, { error: "must be lower-case words joined by hyphens" });
const duration = z.union([z.string(), z.number()]);
const severity = z.enum(["info", "warning", "critical"]);
/** An expression; a bare number or boolean in YAML is one too. */
const expression = z.union([
  z.string().min(1).max(2000),
  z.number().transform(String),
  z.boolean().transform(String),
]);

const ruleSchema = z.strictObject({
  name,
  scope: z.enum(SCOPES),
  when: expression,
  until: expression.optional(),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  severity,
  message: z.string().min(1).max(1000),
  next_step: z.string().min(1).max(1000),
  value: expression.optional(),
  threshold: expression.optional(),
});

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const quietSchema = z.strictObject({
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as "22:00"' }),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as "06:30"' }),
  days: z.array(z.enum(DAYS).transform((day) => DAYS.indexOf(day))).optional(),
  severities: z.array(severity).optional(),
});

export const fileSchema = z.strictObject({
  parameters: z.record(
    z.string().regex(PARAMETER, { error: "must be lower-case words joined by underscores" }),
    z.union([z.number(), z.string()]),
  ).nullish(),
  disable: z.array(z.string()).nullish(),
  /** false: only the rules of this file. */
  builtin: z.boolean().optional(),
  rules: z.array(ruleSchema).max(500).nullish(),
  /** Program or runtime → methods that may be run on it unasked (--profile-suspects). */
  profile: z.record(z.string().min(1).max(64), z.array(z.enum(METHOD_WORDS as [string, ...string[]])).max(8))
    .nullish(),
  quiet_hours: z.array(quietSchema).max(20).nullish(),
  sinks: z.array(z.discriminatedUnion("type", [
    SINK_SCHEMAS.stderr,
    SINK_SCHEMAS.journal,
    SINK_SCHEMAS.webhook,
    SINK_SCHEMAS.alertmanager,
    SINK_SCHEMAS.command,
  ])).max(20).nullish(),
});

export type RuleText = z.output<typeof ruleSchema>;
export type FileText = z.output<typeof fileSchema>;

/** Valid keys of the object at a path, for the nearest word of a mistyped one. */
export function keysAt(path: readonly PropertyKey[], value: unknown): string[] {
  const [top, , third] = path;
  if (path.length === 0) return Object.keys(fileSchema.shape);
  if (top === "rules" && third === undefined) return Object.keys(ruleSchema.shape);
  if (top === "quiet_hours" && third === undefined) return Object.keys(quietSchema.shape);
  if (top === "sinks" && third === undefined) {
    const type = (value as { type?: string } | undefined)?.type;
    const schema = type === undefined ? undefined : SINK_SCHEMAS[type as keyof typeof SINK_SCHEMAS];
    return schema ? Object.keys(schema.shape) : [];
  }
  return [];
}
