import type { Severity } from "./finding.ts";

/** The gravest first. */
const ORDER: readonly Severity[] = ["critical", "warning", "info"];

/** Below 0 where `a` is graver than `b`: for sorting, gravest first. */
export const compareSeverity = (a: Severity, b: Severity): number => ORDER.indexOf(a) - ORDER.indexOf(b);

/** Whether `severity` is at least as grave as `floor`. */
export const isAtLeast = (severity: Severity, floor: Severity): boolean =>
  compareSeverity(severity, floor) <= 0;
