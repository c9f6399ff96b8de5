import type { Severity } from "../../model/finding.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import type { Analysis } from "./model.ts";

const RANK: Record<Severity, number> = { info: 0, warning: 1, critical: 2 };

/** Whether the analysis holds something as bad as `--fail-on` names: a leak, or a finding or firing alert of that severity. */
export function isFound(analysis: Analysis, failOn: NonNullable<AnalyzeOptions["failOn"]>): boolean {
  if (failOn === "leak") {
    return [...analysis.findings, ...analysis.series].some((each) => each.verdict === "leak");
  }
  const isBad = (severity: Severity) => RANK[severity] >= RANK[failOn];
  return analysis.findings.some((finding) => isBad(finding.severity)) ||
    analysis.alerts.some((alert) => alert.state === "firing" && isBad(alert.severity)) ||
    // Recorded series carry no severity: a leak in one is critical, growth a warning.
    analysis.series.some((series) =>
      (series.verdict === "leak" && isBad("critical")) || (series.verdict === "growing" && isBad("warning"))
    );
}
