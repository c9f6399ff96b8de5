/** Alerts as lines for people: short ones, and many at once as one line for each service. Pure. */

import type { Alert, Severity } from "./finding.ts";
import { plural } from "./format.ts";
import { compareSeverity } from "./severity.ts";

/** A line that is read at a glance, and that journald and terminals do not fold. */
export const MAX_LINE_CHARACTERS = 160;
/** More than this at once is a flood. */
const MAX_ALONE = 5;

export const shortLine = (text: string): string =>
  text.length <= MAX_LINE_CHARACTERS ? text : `${text.slice(0, MAX_LINE_CHARACTERS - 1).trimEnd()}…`;

/** Alerts that say one thing: one alone, or all of a service. */
export interface AlertGroup {
  service: string | null;
  severity: Severity;
  alerts: readonly Alert[];
}

/** By service, the gravest group first; what is in no service stands alone. Few alerts stay alone, too. */
export function groupAlerts(alerts: readonly Alert[], maxAlone = MAX_ALONE): AlertGroup[] {
  const alone = (alert: Alert): AlertGroup => ({
    service: alert.service ?? null,
    severity: alert.severity,
    alerts: [alert],
  });
  if (alerts.length <= maxAlone) return alerts.map(alone);
  const groups = Map.groupBy(alerts, ({ service, id }) => service ? `service ${service}` : id);
  return [...groups.values()].map((members): AlertGroup => ({
    ...alone(members[0]!),
    severity: members.map(({ severity }) => severity).sort(compareSeverity)[0]!,
    alerts: members,
  })).sort((a, b) => compareSeverity(a.severity, b.severity) || b.alerts.length - a.alerts.length);
}

/** "CRITICAL app.service: 12 alerts; java (812) leaks 96 MiB/h, 97 % sure": the first one tells. */
export function groupLine({ service, severity, alerts }: AlertGroup): string {
  const state = alerts[0]!.state === "resolved" ? "RESOLVED" : severity.toUpperCase();
  return shortLine(`${state} ${service}: ${plural(alerts.length, "alert")}; ${alerts[0]!.message}`);
}
