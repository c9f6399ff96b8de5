/** The report as one file to mail or to keep: no script, no request to anywhere, charts as inline SVG. */

import { safeHtml } from "../../model/safe_text.ts";
import {
  type Block,
  type Cell,
  type ReportDocument,
  type Section,
  shownColumns,
  type Suspects,
  type Table,
  textOf,
  toneOf,
} from "./document.ts";
import { chartSvg } from "./html_chart.ts";
import { flameGraphSvg } from "./html_flame_graph.ts";
import { STYLE } from "./html_style.ts";

export function renderHtml(report: ReportDocument): string {
  const title = safeHtml(report.title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${title}</h1><p>${safeHtml(report.heading)}</p></header>
<main>
${report.sections.map(sectionHtml).join("\n")}
</main>
</body>
</html>
`;
}

function sectionHtml(section: Section): string {
  const source = section.source ? `<small>${safeHtml(section.source)}</small>` : "";
  if (section.short !== null) {
    return `<section class="short"><h2>${safeHtml(section.title)}</h2><p>${
      safeHtml(section.short)
    }</p>${source}</section>`;
  }
  const suspects = section.blocks.some((block) => block.kind === "suspects");
  const heading = `<h2>${safeHtml(section.title)}</h2>${source}`;
  return `<section${suspects ? ' class="verdict"' : ""}><div class="heading">${heading}</div>` +
    section.blocks.map(blockHtml).join("\n") + "</section>";
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case "suspects":
      return suspectsHtml(block);
    case "table":
      return tableHtml(block);
    case "chart":
      return chartSvg(block);
    case "flame-graph":
      return flameGraphSvg(block);
    case "facts":
      return `<dl>${
        block.facts.map(({ label, value }) =>
          `<dt>${safeHtml(label)}</dt><dd${toneClass(value)}>${safeHtml(textOf(value))}</dd>`
        )
          .join("")
      }</dl>`;
    case "lines":
      return block.lines.length
        ? `<ul class="lines">${
          block.lines.map((line) => `<li${toneClass(line)}>${safeHtml(textOf(line))}</li>`).join("")
        }</ul>`
        : "";
  }
}

function suspectsHtml({ suspects, rising, rest }: Suspects): string {
  const cards = suspects.map((suspect) =>
    `<article class="${suspect.tone}"><p><b class="word">${safeHtml(suspect.verdict)}</b> ${
      safeHtml(suspect.message)
    }</p>${suspect.command ? `<p class="command"><code>${safeHtml(suspect.command)}</code></p>` : ""}<p>${
      safeHtml(suspect.evidence)
    }</p>` +
    suspect.next_steps.map(({ kind, line }) => `<p>${kind} → <code>${safeHtml(line)}</code></p>`).join("") +
    "</article>"
  );
  const more = rising ? `<p class="watch-line"><b class="word">rising</b> ${safeHtml(rising)}</p>` : "";
  return `${cards.join("\n")}${more}<p class="quiet-line"><b class="word">${rest.word}</b> ${
    safeHtml(rest.message)
  }</p>`;
}

function tableHtml(table: Table): string {
  const { columns, rows, note } = shownColumns(table);
  const align = (index: number) => columns[index]!.align === "right" ? ["number"] : [];
  const attribute = (classes: string[]) => classes.length ? ` class="${classes.join(" ")}"` : "";
  const head = columns.map((column, index) =>
    `<th scope="col"${attribute(align(index))}>${safeHtml(column.title)}</th>`
  );
  const body = rows.map((row) =>
    `<tr>${
      row.map((cell, index) => {
        const tone = toneOf(cell);
        return `<td${attribute([...align(index), ...(tone ? [`tone-${tone}`] : [])])}>${
          safeHtml(textOf(cell))
        }</td>`;
      }).join("")
    }</tr>`
  );
  return `<div class="scroll" tabindex="0"><table><thead><tr>${head.join("")}</tr></thead><tbody>${
    body.join("\n")
  }</tbody></table></div>` +
    (note ? `<p class="note">${safeHtml(note)}</p>` : "");
}

function toneClass(cell: Cell): string {
  const tone = toneOf(cell);
  return tone ? ` class="tone-${tone}"` : "";
}
