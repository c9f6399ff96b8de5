/** A rules file once it is understood. */

import type { Severity } from "../../model/finding.ts";
import type { Expression } from "./expression.ts";
import type { Template } from "./template.ts";
import type { Scope } from "./variables.ts";
import type { SinkConfig } from "../../model/sink_config.ts";

export interface Rule {
  name: string;
  scope: Scope;
  /** Where it stands: "built-in" or "file". */
  origin: "built-in" | "file";
  when: Expression;
  /** Ends the alert once it fired; null: it ends when `when` no longer holds. */
  until: Expression | null;
  /** `when` must hold this long before the alert fires. */
  for_seconds: number;
  /** Once fired, it goes on firing until `when` has not held for this long. */
  keep_firing_seconds: number;
  severity: Severity;
  message: Template;
  next_step: Template;
  value: Expression | null;
  threshold: Expression | null;
}

/** Local times of day in which alerts are recorded but not sent. */
export interface QuietHours {
  /** Minutes after midnight; `from` later than `to` spans midnight. */
  from_minute: number;
  to_minute: number;
  /** 0 = Sunday; empty: every day. The day meant is the one on which the quiet begins. */
  days: number[];
  /** Alerts of these severities are held. */
  severities: Severity[];
}

export interface RuleSet {
  rules: Rule[];
  parameters: Record<string, number>;
  quiet_hours: QuietHours[];
  /** Methods of `profile` that may be run unasked, by program or runtime; full names. */
  profile: Record<string, string[]>;
  /** null: the file says nothing about sinks. */
  sinks: SinkConfig[] | null;
}

/** 500 rules fill half of it; a mebibyte would hold a watch up for seconds. */
export const MAX_RULES_BYTES = 256 * 1024;

/** One mistake in a rules file. */
export interface RuleDiagnostic {
  /** 1 and up. */
  line: number;
  message: string;
}
