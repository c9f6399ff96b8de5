import type { FleetReport } from "../../fleet/mod.ts";
import type { ReportFormat } from "../commands/options.ts";
import { renderHtml } from "../report/html.ts";
import { renderJsonObject } from "../report/json.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderText } from "../report/text.ts";
import { fleetDocument } from "./document.ts";

/** The report in one of the formats. `top`: rows per table, 0 is all; `color` and `verbose` concern text only. */
export function renderFleet(
  report: FleetReport,
  format: ReportFormat,
  options: { top: number; color: boolean; verbose?: boolean },
): string | Iterable<string> {
  if (format === "json") return fleetJson(report);
  const document = fleetDocument(report, options.top, format === "html");
  if (format === "markdown") return renderMarkdown(document);
  if (format === "html") return renderHtml(document);
  return renderText(document, options);
}

/** Workload by workload: as one string the report of 100,000 containers takes half a gigabyte while it is made. */
function* fleetJson(report: FleetReport): Generator<string> {
  const empty = '"workloads": []';
  // Inside of a string its quotes would be escaped.
  const [before, after] = renderJsonObject({ ...report, workloads: [] }).split(empty);
  if (report.workloads.length === 0) return yield before + empty + after;
  yield `${before}"workloads": [`;
  for (const [index, workload] of report.workloads.entries()) {
    const text = renderJsonObject(workload).trimEnd().replaceAll("\n", "\n    ");
    yield `${index === 0 ? "" : ","}\n    ${text}`;
  }
  yield `\n  ]${after}`;
}
