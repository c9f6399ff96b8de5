/** What every sink does; a sink never throws and never waits. */

import { MAX_LINE_CHARACTERS, shortLine } from "../model/alert_line.ts";
import type { Alert, OperationalError } from "../model/finding.ts";

export interface Sink {
  readonly name: string;
  /** Takes an alert's change; returns at once. */
  send(alert: Alert): void;
  /** Takes what one sample changed, for those that group a flood; without it each goes through `send`. */
  sendAll?(alerts: readonly Alert[]): void;
  /**
   * Takes over what fires already: an earlier run, or the sink before a reload, has told of it. Only for receivers that have
   * to hear of an alert again and again; people are not told twice.
   */
  resume?(firing: readonly Alert[]): void;
  /** Why alerts do not get through at present; null while they do. */
  error(): OperationalError | null;
  /** Delivers what is waiting, for at most so long, and lets go of everything. */
  close(timeoutSeconds: number): Promise<void>;
}

/** Syslog priorities (RFC 5424, table 2): what journald and `<N>` prefixes mean by a number. */
export function syslogPriority(alert: Alert): number {
  if (alert.state === "resolved") return 5;
  return { critical: 2, warning: 4, info: 6 }[alert.severity];
}

/** One line for people, of 160 characters at most: `CRITICAL leak: java (812) leaks … → leakwatch profile 812`. */
export function alertLine(alert: Alert): string {
  const head = alert.state === "resolved" ? "RESOLVED" : alert.severity.toUpperCase();
  const line = shortLine(`${head} ${alert.rule}: ${alert.message}`);
  // A command that is cut would be another one; remarks stand behind a #.
  const next = alert.state === "resolved" ? "" : ` → ${alert.next_step.split("   # ")[0]}`;
  return line.length + next.length <= MAX_LINE_CHARACTERS ? line + next : line;
}
