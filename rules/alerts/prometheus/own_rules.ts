/** Rules that only a Prometheus can have: about a leakwatch that is gone, or sees nothing, and sums over machines. */

import { METRIC_NAMES as M } from "../../../model/metric_names.ts";

/** How long a leakwatch that is gone is missed; then it was taken away on purpose. */
const MISSED = "6h";

export const OWN_ALERTS = [
  {
    alert: "LeakwatchDown",
    expr: `max by (job, instance) (last_over_time(${M.build_info}[${MISSED}])) ` +
      `unless on (job, instance) ${M.build_info}`,
    for: "$rate",
    labels: { severity: "warning", rule: "leakwatch-down" },
    annotations: {
      summary: "leakwatch on {{ $labels.instance }} no longer answers",
      next_step: "leakwatch boot --status",
    },
  },
  {
    alert: "LeakwatchBlind",
    // No new sample; none at all; or a source that it could read and cannot read any more.
    expr: `(increase(${M.samples_total}[$rate]) == 0) or ` +
      `(max by (job, instance) (${M.build_info}) unless on (job, instance) ${M.samples_total}) or ` +
      `max by (job, instance) (${M.collector_success} == 0 and max_over_time(${M.collector_success}[${MISSED}]) == 1)`,
    for: "$rate",
    labels: { severity: "warning", rule: "leakwatch-blind" },
    annotations: {
      summary: "leakwatch on {{ $labels.instance }} answers but no longer sees the machine",
      next_step: "leakwatch doctor",
    },
  },
];

/** What a dashboard of many machines asks for, counted once. */
export const RECORDING_RULES = [
  { record: "leakwatch:leaks:count", expr: `sum by (job, instance) (${M.findings}{verdict="leak"})` },
  {
    record: "leakwatch:leak_growth_bytes_per_hour:sum",
    expr:
      `sum by (job, instance) (${M.finding_growth_bytes_per_hour} * on (job, instance, kind, subject) group_left () ` +
      `max by (job, instance, kind, subject) (${M.finding_info}{verdict="leak",echo="0"}))`,
  },
  {
    record: "leakwatch:memory_used:ratio",
    expr: `1 - ${M.memory_available_bytes} / ${M.memory_total_bytes}`,
  },
  {
    record: "leakwatch:time_to_limit_seconds:min",
    expr: `min by (job, instance) (${M.finding_time_to_limit_seconds})`,
  },
];
