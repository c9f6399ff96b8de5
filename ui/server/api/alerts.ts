/** Alerts and the rules behind them. */

import type { Alert, Severity } from "../../../model/finding.ts";

/** The rule behind an alert, in words a person can check. */
export interface RuleInfo {
  name: string;
  severity: Severity;
  condition: string;
  for_seconds: number;
  help: string;
}

/** An alert as the page shows it; `time_seconds` is when it entered this state. */
export interface AlertRow extends Alert {
  time_seconds: number;
}

export interface AlertsReply {
  firing: AlertRow[];
  history: AlertRow[];
  rules: RuleInfo[];
}
