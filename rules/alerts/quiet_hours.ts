/** Whether a moment falls in quiet hours, by the machine's local time. */

import type { Severity } from "../../model/finding.ts";
import type { QuietHours } from "./rule.ts";

/** True where alerts of the severity are to be held at the moment (Unix seconds). */
export function isQuiet(quiet: readonly QuietHours[], severity: Severity, unixSeconds: number): boolean {
  if (quiet.length === 0) return false;
  const local = new Date(unixSeconds * 1000);
  const minute = local.getHours() * 60 + local.getMinutes();
  const today = local.getDay();
  return quiet.some(({ from_minute: from, to_minute: to, days, severities }) => {
    if (!severities.includes(severity)) return false;
    const spansMidnight = from > to;
    if (!spansMidnight && (minute < from || minute >= to)) return false;
    if (spansMidnight && minute < from && minute >= to) return false;
    // After midnight it is still the night that began the day before.
    const began = spansMidnight && minute < to ? (today + 6) % 7 : today;
    return days.length === 0 || days.includes(began);
  });
}
