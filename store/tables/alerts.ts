import type { Alert } from "../../model/finding.ts";
import { type Table, text, timestampColumn } from "../table.ts";

export const alertsTable: Table<Alert> = {
  name: "alerts",
  doc: "Every change of an alert's state.",
  rows: "one row when an alert begins to fire and one when it resolves",
  columns: [
    timestampColumn(),
    text("Rule", "Name of the rule", (alert) => alert.rule),
    text("Severity", "info, warning or critical", (alert) => alert.severity),
    text("State", "pending, firing or resolved", (alert) => alert.state),
    text("Subject", "What it is about", (alert) => alert.subject),
    {
      name: "Value",
      unit: "count",
      doc: "The value that was compared, in the rule's unit",
      decimals: 2,
      value: (alert) => alert.value,
    },
    {
      name: "Threshold",
      unit: "count",
      doc: "What it was compared with",
      decimals: 2,
      value: (alert) => alert.threshold,
    },
    text("Message", "What happened and what to do", (alert) => alert.message),
  ],
};
