/** How each sink is told what to do, in the `sinks:` list of a rules file. */

import * as z from "zod";

const duration = z.union([z.string(), z.number()]);

const common = {
  /** What it is called in messages; the type unless given. */
  name: z.string().min(1).max(60).optional(),
  /** Only alerts of at least this severity. */
  severity: z.enum(["info", "warning", "critical"]).optional(),
};

const http = {
  url: z.url({ protocol: /^https?$/, error: "must be an http or https address" }),
  /** Sent with every request. */
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/)).optional(),
  /** A file whose content is sent as `Authorization: Bearer …`. */
  token_file: z.string().optional(),
  /** A PEM file of authorities to trust besides the system's. */
  ca_file: z.string().optional(),
  timeout: duration.optional(),
};

export const SINK_SCHEMAS = {
  stderr: z.strictObject({ type: z.literal("stderr"), ...common }),
  journal: z.strictObject({ type: z.literal("journal"), ...common, socket: z.string().optional() }),
  webhook: z.strictObject({ type: z.literal("webhook"), ...common, ...http }),
  alertmanager: z.strictObject({
    type: z.literal("alertmanager"),
    ...common,
    ...http,
    labels: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string()).optional(),
    /** The alerts' label `instance`, where Prometheus knows this machine by another name than its host name. */
    instance: z.string().min(1).max(200).optional(),
    /** A firing alert is sent again this often, and expires after four times as long. */
    resend: duration.optional(),
  }),
  command: z.strictObject({
    type: z.literal("command"),
    ...common,
    /** Program and arguments; no shell reads them. */
    command: z.array(z.string().min(1)).min(1),
    timeout: duration.optional(),
  }),
} as const;

export type SinkType = keyof typeof SINK_SCHEMAS;
export const SINK_TYPES = Object.keys(SINK_SCHEMAS) as SinkType[];

export type StderrConfig = z.infer<typeof SINK_SCHEMAS.stderr>;
export type JournalConfig = z.infer<typeof SINK_SCHEMAS.journal>;
export type WebhookConfig = z.infer<typeof SINK_SCHEMAS.webhook>;
export type AlertmanagerConfig = z.infer<typeof SINK_SCHEMAS.alertmanager>;
export type CommandConfig = z.infer<typeof SINK_SCHEMAS.command>;
export type SinkConfig =
  | StderrConfig
  | JournalConfig
  | WebhookConfig
  | AlertmanagerConfig
  | CommandConfig;
