/** A fleet's report as the result of a check. Pure. */

import { formatAbout, plural } from "../../model/format.ts";
import { type FleetReport, type FleetWorkload, isAccused } from "../../fleet/mod.ts";
import { nameOf, rateText } from "../fleet/sentences.ts";
import type { CheckResult } from "./plugin_line.ts";

const NAMED = 3;

/** `strict`: what could not be read makes an OK unknown. */
export function checkFleet({ workloads, counts, unavailable }: FleetReport, strict: boolean): CheckResult {
  const leaks = workloads.filter((each) => isAccused(each) && each.caused_by === null);
  const isCritical = leaks.some(({ severity }) => severity === "critical");
  const isWarning = leaks.some(({ severity }) => severity === "warning");
  const isPartial = strict && unavailable.length > 0;
  const more = leaks.length > NAMED ? `; ${leaks.length - NAMED} more` : "";
  const unread = unavailable.length > 0 ? ` (${plural(unavailable.length, "part")} could not be read)` : "";
  return {
    state: isCritical ? "CRITICAL" : isWarning ? "WARNING" : isPartial ? "UNKNOWN" : "OK",
    message:
      (leaks.length > 0
        ? leaks.slice(0, NAMED).map(leakText).join("; ") + more
        : `none of ${plural(counts.workloads, "workload")} leaks`) + unread,
    values: [
      { label: "leaks", value: leaks.length, unit: "", warning: 1, minimum: 0, maximum: counts.workloads },
      { label: "leaks_since_version", value: counts.leaking_since_version, unit: "", minimum: 0 },
      { label: "full_within_a_day", value: counts.full_within_a_day, unit: "", critical: 1, minimum: 0 },
      { label: "series", value: counts.series, unit: "", minimum: 0 },
    ],
  };
}

function leakText(workload: FleetWorkload): string {
  const { time_to_limit_seconds: time, blamed_version: blamed } = workload;
  const since = blamed && !blamed.is_suspicion ? ` since ${blamed.version}` : "";
  return `${nameOf(workload)} leaks ${rateText(workload).slice(1)}${since}` +
    (time === null ? "" : `, ${time.limit} in ${formatAbout(time.low)}`);
}
