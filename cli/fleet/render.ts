import type { FleetReport } from "../../fleet/mod.ts";
import type { AnalyzeOptions } from "../commands/options.ts";
import { renderHtml } from "../report/html.ts";
import { renderJsonObject } from "../report/json.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { renderText } from "../report/text.ts";
import { fleetDocument } from "./document.ts";

/** The report in one of the formats. `top`: rows per table, 0 is all; `color` concerns text only. */
export function renderFleet(
  report: FleetReport,
  format: AnalyzeOptions["format"],
  options: { top: number; color: boolean },
): string {
  if (format === "json") return renderJsonObject(report);
  const document = fleetDocument(report, options.top, format === "html");
  if (format === "markdown") return renderMarkdown(document);
  if (format === "html") return renderHtml(document);
  return renderText(document, options);
}
