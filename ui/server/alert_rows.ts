/** Alerts for the page: those that fire, those that are over, and the rules. Pure. */

import type { Alert, AlertRow, AlertsReply, RuleInfo } from "./api.ts";

const MAX_HISTORY = 500;

const row = (alert: Alert): AlertRow => ({ ...alert, time_seconds: Date.parse(alert.since) / 1000 });

/** Newest first; pending ones are shown with the firing. */
export function alertsReply(alerts: readonly Alert[], rules: readonly RuleInfo[]): AlertsReply {
  const rows = alerts.map(row).sort((a, b) => b.time_seconds - a.time_seconds);
  return {
    firing: rows.filter((alert) => alert.state !== "resolved"),
    history: rows.filter((alert) => alert.state === "resolved").slice(0, MAX_HISTORY),
    rules: [...rules],
  };
}
