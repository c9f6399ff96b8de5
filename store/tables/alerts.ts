import type { Alert } from "../../rules/finding.ts";
import { type Table, timestampColumn } from "../table.ts";

export const alertsTable: Table<Alert> = {
  name: "alerts",
  doc: "Every change of an alert's state.",
  rows: "one row when an alert begins to fire and one when it resolves",
  columns: [
    timestampColumn(),
    { name: "Rule", unit: "text", doc: "Name of the rule", value: (alert) => alert.rule },
    { name: "Severity", unit: "text", doc: "info, warning or critical", value: (alert) => alert.severity },
    { name: "State", unit: "text", doc: "pending, firing or resolved", value: (alert) => alert.state },
    { name: "Subject", unit: "text", doc: "Who it is about", value: (alert) => alert.subject },
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
    { name: "Message", unit: "text", doc: "What happened and what to do", value: (alert) => alert.message },
  ],
};
