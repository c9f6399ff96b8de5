/** One rule about one subject: pending → firing → resolved. */

import { formatDuration } from "../../model/format.ts";
import { safeText } from "../../model/safe_text.ts";
import type { Alert, AlertState } from "../../model/finding.ts";
import type { Context, Expression } from "./expression.ts";
import type { Rule } from "./rule.ts";

export interface Instance {
  rule: string;
  /** Identity of the subject within one boot. */
  key: string;
  subject: string;
  /** The unit or container that it is in; null where it is in none. */
  service?: string | null;
  state: AlertState;
  /** On the samples' axis: since when it is pending, or has been firing. */
  since_seconds: number;
  /** On the samples' axis: since when its condition no longer holds; null while it does. */
  clear_since_seconds: number | null;
  /** Unix seconds at which the state began, for people. */
  wall_seconds: number;
  value: number | null;
  threshold: number | null;
  message: string;
  next_step: string;
  /** People were told that it fires (not so in quiet hours). */
  reported: boolean;
}

/** One that begins in this state now, with what the subject's values are. */
export function newInstance(
  rule: Rule,
  key: string,
  subject: string,
  facts: Context,
  now: number,
  wall: number,
  state: Instance["state"],
): Instance {
  const instance: Instance = {
    rule: rule.name,
    key,
    subject: safeText(subject, 200),
    service: serviceOf(facts),
    state,
    since_seconds: now,
    clear_since_seconds: null,
    wall_seconds: wall,
    value: null,
    threshold: null,
    message: "",
    next_step: "",
    reported: false,
  };
  setMessage(instance, rule, facts);
  return instance;
}

/** Facts of what runs in a unit or container say so. */
function serviceOf(facts: Context): string | null {
  const { service } = facts as { service?: string | null };
  return service ? safeText(service, 100) : null;
}

export type Move = "none" | "fire" | "resolve" | "drop";

/**
 * The next move of an instance whose condition holds or not.
 * `holdSeconds`: how long the condition must be gone before a firing one ends (0: at once).
 */
export function nextMove(
  instance: Instance,
  rule: Rule,
  holds: boolean,
  facts: Context,
  now: number,
  holdSeconds: number,
): Move {
  if (instance.state === "pending") {
    if (!holds) return "drop";
    return now - instance.since_seconds >= rule.for_seconds ? "fire" : "none";
  }
  if (holds || !hasCleared(rule, facts)) {
    instance.clear_since_seconds = null;
    return "none";
  }
  instance.clear_since_seconds ??= now;
  return now - instance.clear_since_seconds >= holdSeconds ? "resolve" : "none";
}

/** `until` decides where there is one, unless it asks for a value that can no longer be read. */
function hasCleared(rule: Rule, facts: Context): boolean {
  if (rule.until === null) return true;
  if (rule.until.evaluate(facts) === true) return true;
  return rule.until.variables.some((name) => Number.isNaN((facts as Record<string, unknown>)[name]));
}

/** Takes over what the subject's values are now. */
export function setMessage(instance: Instance, rule: Rule, facts: Context): void {
  instance.value = valueOf(rule.value, facts);
  instance.threshold = valueOf(rule.threshold, facts);
  instance.message = rule.message.render(facts);
  instance.next_step = rule.next_step.render(facts);
}

export function valueOf(expression: Expression | null, facts: Context): number | null {
  if (expression === null) return null;
  const value = Number(expression.evaluate(facts));
  return Number.isFinite(value) ? value : null;
}

export function toAlert(instance: Instance, rule: Pick<Rule, "severity">): Alert {
  return {
    rule: instance.rule,
    severity: rule.severity,
    state: instance.state,
    subject: instance.subject,
    service: instance.service ?? null,
    value: instance.value,
    threshold: instance.threshold,
    message: instance.message,
    next_step: instance.next_step,
    since: timestamp(instance.wall_seconds),
    id: safeText(`${instance.rule}/${instance.key}/${Math.round(instance.since_seconds)}`, 300),
  };
}

/** The alert as it ends: the message says after how long, and why if it was not the condition. */
export function toResolved(
  instance: Instance,
  rule: Pick<Rule, "severity">,
  wall: number,
  why: string,
): Alert {
  const lasted = formatDuration(wall - instance.wall_seconds);
  return {
    ...toAlert(instance, rule),
    state: "resolved",
    since: timestamp(wall),
    message: safeText(`over after ${lasted}${why && `, ${why}`}: ${instance.message}`),
  };
}

/** RFC 3339 in UTC, whole seconds; the epoch for a clock that is out of all bounds. */
function timestamp(unixSeconds: number): string {
  const date = new Date(Math.round(unixSeconds) * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString().replace(".000Z", "Z");
}
