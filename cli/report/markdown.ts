/** The report to paste into a ticket: GitHub-flavoured Markdown. */

import { safeMarkdown, safeText } from "../../model/safe_text.ts";
import {
  type Block,
  type Cell,
  type ReportDocument,
  shownColumns,
  type Suspects,
  type Table,
  textOf,
  toneOf,
} from "./document.ts";

export function renderMarkdown(report: ReportDocument): string {
  const parts = [`# ${safeMarkdown(report.title)}`, safeMarkdown(report.heading)];
  for (const section of report.sections) {
    const source = section.source ? ` <sub>${safeMarkdown(section.source)}</sub>` : "";
    if (section.short !== null) {
      parts.push(`**${safeMarkdown(section.title)}** ${safeMarkdown(section.short)}${source}`);
      continue;
    }
    parts.push(`## ${safeMarkdown(section.title)}${source}`);
    for (const block of section.blocks) parts.push(...blockParts(block));
  }
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

function blockParts(block: Block): string[] {
  switch (block.kind) {
    case "suspects":
      return suspectParts(block);
    case "table":
      return [tableText(block), block.note ? `_${safeMarkdown(block.note)}_` : ""];
    case "facts":
      return [
        block.facts.map(({ label, value }) => `- **${safeMarkdown(label)}** ${cellText(value)}`).join("\n"),
      ];
    case "lines":
      return [block.lines.map((line) => `- ${cellText(line)}`).join("\n")];
    case "chart":
    case "flame-graph":
      return [];
  }
}

/** Java's arguments fill pages. */
const COMMAND_CHARACTERS = 200;

function suspectParts({ suspects, rising, rest }: Suspects): string[] {
  return [
    ...suspects.flatMap((suspect) => [
      `- **${suspect.verdict.toUpperCase()}** ${safeMarkdown(suspect.message)}  \n` +
      (suspect.command ? `  ${safeMarkdown(suspect.command.slice(0, COMMAND_CHARACTERS))}  \n` : "") +
      `  ${safeMarkdown(suspect.evidence)}` +
      suspect.next_steps.map(({ kind, line }) => `  \n  ${kind}: ${codeSpan(line)}`).join(""),
    ]),
    rising ? `**rising** ${safeMarkdown(rising)}` : "",
    `**${rest.word}** ${safeMarkdown(rest.message)}`,
  ];
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark 6.1). */
function codeSpan(text: string): string {
  const safe = safeText(text);
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const gap = longest > 0 ? " " : "";
  return `${fence}${gap}${safe}${gap}${fence}`;
}

function tableText(table: Table): string {
  const { columns, rows } = shownColumns(table);
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => safeMarkdown(column.title))),
    line(columns.map((column) => column.align === "right" ? "---:" : "---")),
    ...rows.map((row) => line(row.map(cellText))),
  ].join("\n");
}

function cellText(cell: Cell): string {
  const text = safeMarkdown(textOf(cell));
  const tone = toneOf(cell);
  return text && (tone === "critical" || tone === "warning") ? `**${text}**` : text;
}
