import type { Severity, Verdict } from "../../model/finding.ts";
import { isAtLeast } from "../../model/severity.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import type { Analysis } from "./model.ts";

/** Whether the analysis holds something as bad as `--fail-on` names: a leak, or a finding or firing alert of that severity. */
export function isFound(analysis: Analysis, failOn: NonNullable<AnalyzeOptions["failOn"]>): boolean {
  // A recorded session has findings, which speak for its series too.
  const series = analysis.host ? [] : analysis.series;
  if (failOn === "leak" || failOn === "growing") {
    // Programs under test in CI are young, and what grows in a young one is not called a leak yet.
    const verdicts: readonly Verdict[] = failOn === "leak" ? ["leak"] : ["leak", "growing"];
    return [...analysis.findings, ...series].some(({ verdict }) => verdicts.includes(verdict));
  }
  const isBad = (severity: Severity) => isAtLeast(severity, failOn);
  return analysis.findings.some((finding) => isBad(finding.severity)) ||
    analysis.alerts.some((alert) => alert.state === "firing" && isBad(alert.severity)) ||
    // Recorded series carry no severity: a leak in one is critical, growth a warning.
    series.some(({ verdict }) =>
      (verdict === "leak" && isBad("critical")) || (verdict === "growing" && isBad("warning"))
    );
}
