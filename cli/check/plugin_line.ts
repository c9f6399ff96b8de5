/**
 * One line as Icinga, Nagios and Checkmk read it from a check's standard output, and the exit code that goes with it (Monitoring Plugins
 * Development Guidelines: https://www.monitoring-plugins.org/doc/guidelines.html). Pure.
 */

import { safeText } from "../../model/safe_text.ts";

export const CHECK_STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"] as const;
/** The exit code is the state's position: 0 to 3. */
export type CheckState = typeof CHECK_STATES[number];

export interface PerformanceValue {
  label: string;
  /** null: could not be read; `U` in the line. */
  value: number | null;
  unit: "" | "B" | "s" | "%";
  /** From here on it is a warning, or critical; left out: it is no threshold of this check's. */
  warning?: number;
  critical?: number;
  minimum?: number;
  maximum?: number | null;
}

export interface CheckResult {
  state: CheckState;
  message: string;
  values: PerformanceValue[];
}

/** What more than this says is cut: agents pass on 4 to 8 kB, people read one line. */
const MAX_MESSAGE = 300;

export const exitCodeOf = (state: CheckState): number => CHECK_STATES.indexOf(state);

/** `LEAKWATCH OK - nothing leaks | leaks=0;1;;0 'memory used'=37%;;;0;100` and a line break. */
export function checkLine({ state, message, values }: CheckResult): string {
  // What lies behind a bar is performance data: a subject that names itself with one may not write any.
  const text = safeText(message, MAX_MESSAGE).replaceAll("|", "¦");
  const data = values.map(performanceText).join(" ");
  return `LEAKWATCH ${state} - ${text}${data === "" ? "" : ` | ${data}`}\n`;
}

function performanceText(each: PerformanceValue): string {
  const label = /[\s'=]/.test(each.label) ? `'${each.label.replaceAll("'", "''")}'` : each.label;
  const fields = [
    each.value === null ? "U" : decimal(each.value) + each.unit,
    ...[each.warning, each.critical, each.minimum, each.maximum].map((value) =>
      value == null ? "" : decimal(value)
    ),
  ];
  return `${label}=${fields.join(";").replace(/;+$/, "")}`;
}

/** No exponent: plugins' numbers have none. */
const decimal = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2).replace(/\.?0+$/, "");
