import type { Analysis } from "../analyze/model.ts";
import type { ReportDocument } from "./document.ts";
import { renderHtml } from "./html.ts";
import { renderJson } from "./json.ts";
import { renderMarkdown } from "./markdown.ts";
import { reportDocument } from "./sections/mod.ts";
import { renderText } from "./text.ts";

export type ReportFormat = "text" | "json" | "markdown" | "html";

/** The analysis in one of the formats. `top`: rows per table, 0 is all; `color` and `verbose` concern text only. */
export function renderReport(
  analysis: Analysis,
  format: ReportFormat,
  options: { top: number; color: boolean; verbose?: boolean },
): string {
  if (format === "json") return renderJson(analysis);
  return renderDocument(reportDocument(analysis, options.top), format, options);
}

/** Any report in a format for people. */
export function renderDocument(
  report: ReportDocument,
  format: Exclude<ReportFormat, "json">,
  options: { color: boolean; verbose?: boolean },
): string {
  if (format === "markdown") return renderMarkdown(report);
  if (format === "html") return renderHtml(report);
  return renderText(report, options);
}
