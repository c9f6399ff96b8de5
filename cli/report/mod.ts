import type { Analysis } from "../analyze/model.ts";
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
  const report = reportDocument(analysis, options.top);
  if (format === "markdown") return renderMarkdown(report);
  if (format === "html") return renderHtml(report);
  return renderText(report, options);
}
