/** Which findings are for people to act on, and which merely rise. The same in the report, the summary and the page. Pure. */

import type { Finding } from "./finding.ts";

/** A program too young to be called a leak is named all the same where its growth would meet a limit within this time. */
const SOON_SECONDS = 24 * 3600;

type Judged = Pick<Finding, "kind" | "verdict" | "severity" | "time_to_limit_seconds">;

/** A leak, growth that was found grave, or a program that would soon meet a limit; all else rises and is not proven. */
export const isUrgent = ({ kind, verdict, severity, time_to_limit_seconds: time }: Judged): boolean =>
  verdict === "leak" || severity !== "info" ||
  kind.startsWith("process-") && (time?.low ?? Infinity) < SOON_SECONDS;
