/** The report for a terminal or a file: at most 100 columns, numbers aligned, colours only where asked for. */

import { safeText } from "../../model/safe_text.ts";
import { styleText } from "node:util";
import {
  type Block,
  type Cell,
  type Column,
  type Facts,
  type ReportDocument,
  type Section,
  shownColumns,
  type Suspect,
  type Suspects,
  type Table,
  textOf,
  type Tone,
  toneOf,
} from "./document.ts";
import { displayWidth, padEnd, REPORT_COLUMNS, truncate, truncateStart, wrap } from "./width.ts";

type Style = Parameters<typeof styleText>[0];
const STYLES: Record<Tone, Style> = {
  critical: ["bold", "red"],
  warning: "yellow",
  good: "green",
  quiet: "dim",
  strong: "bold",
};

export interface TextOptions {
  color: boolean;
  /** Every finding with its evidence and all next steps; left out, the findings fit a screen of 24 lines. */
  verbose?: boolean;
}

/** The whole report, ending in a newline. */
export function renderText(report: ReportDocument, options: TextOptions): string {
  const paint = (text: string, tone: Tone | null) =>
    options.color && tone && text ? styleText(STYLES[tone], text, { validateStream: false }) : text;
  const title = safeText(report.title);
  const lines = wrap([title, ...safeText(report.heading).split(" · ")].join(" · "), REPORT_COLUMNS, " · ");
  lines[0] = lines[0]!.replace(title, () => paint(title, "strong"));
  let wasShort = false;
  for (const section of report.sections) {
    const suspects = section.blocks.find((block) => block.kind === "suspects");
    const isShort = section.short !== null;
    // Sections of one line each stand together.
    if (!(isShort && wasShort)) lines.push("");
    lines.push(
      ...(suspects ? suspectLines(suspects, paint, options.verbose ?? false) : sectionLines(section, paint)),
    );
    wasShort = isShort;
  }
  return lines.join("\n") + "\n";
}

type Paint = (text: string, tone: Tone | null) => string;

const MARGIN = 8;

/** Findings with a next step, and findings with a line of their own, on the first screen. */
const SHOWN_WITH_STEP = 3;
const SHOWN = 8;

function suspectLines({ suspects, rising, rest }: Suspects, paint: Paint, verbose: boolean): string[] {
  const lines: string[] = [];
  const shown = verbose ? suspects : suspects.slice(0, SHOWN);
  shown.forEach((suspect, index) => {
    lines.push(...wordLines(suspect.verdict.toUpperCase(), suspect.tone, suspect.message, paint));
    if (verbose) lines.push(...evidenceLines(suspect, paint));
    else if (index < SHOWN_WITH_STEP) lines.push(...firstStep(suspect, paint));
  });
  if (suspects.length > shown.length) lines.push(moreLine(suspects.slice(shown.length), paint));
  if (rising) lines.push(...wordLines("rising", "warning", rising, paint));
  const tone = rest.word === "no leak" ? "good" : rest.word === "rest" ? "quiet" : "warning";
  lines.push(...wordLines(rest.word, tone, rest.message, paint));
  return lines;
}

/** "and 4 more: java (3) +5 MiB/h, …; --verbose lists them." on one line. */
function moreLine(others: readonly Suspect[], paint: Paint): string {
  const end = "; --verbose lists all";
  const names = safeText(`and ${others.length} more: ${others.map(({ brief }) => brief).join(", ")}`);
  return " ".repeat(MARGIN) + paint(truncate(names, REPORT_COLUMNS - MARGIN - end.length) + end, "quiet");
}

function wordLines(word: string, tone: Tone, sentence: string, paint: Paint): string[] {
  const [first, ...others] = wrap(safeText(sentence), REPORT_COLUMNS - MARGIN);
  return [paint(padEnd(word, MARGIN), tone) + first, ...others.map((line) => " ".repeat(MARGIN) + line)];
}

function evidenceLines({ command, evidence, next_steps }: Suspect, paint: Paint): string[] {
  const margin = " ".repeat(MARGIN);
  return [
    ...(command ? [margin + paint(truncate(safeText(command), REPORT_COLUMNS - MARGIN), "quiet")] : []),
    ...wrap(safeText(evidence), REPORT_COLUMNS - MARGIN).map((line) => margin + line),
    ...next_steps.flatMap(({ kind, line }) => stepLines(kind, safeText(line), paint)),
  ];
}

/** What to type first: one that fits the line where there is one; its remark only where there is room. */
function firstStep({ next_steps }: Suspect, paint: Paint): string[] {
  const step = next_steps.find(({ line }) => displayWidth(splitStep(line)[0]) <= STEP_COLUMNS) ??
    next_steps[0];
  if (!step) return [];
  const [command, remark] = splitStep(safeText(step.line));
  const fits = remark !== null && displayWidth(command + REMARK + remark) <= STEP_COLUMNS;
  const needsTool = remark !== null && remark.includes("is not installed");
  return stepLines(step.kind, fits || needsTool ? command + REMARK + remark : command, paint);
}

/** Behind the margin and "→ look: ". */
const STEP_COLUMNS = REPORT_COLUMNS - MARGIN - 8;
const REMARK = "   # ";

/**
 * The command is never wrapped, for it is there to be copied; its remark stands behind it as a shell's comment, or beneath where
 * there is no room. `look` only reads; `dig` stops, traces or changes the process.
 */
function stepLines(kind: "look" | "dig", step: string, paint: Paint): string[] {
  const [command, remark] = splitStep(step);
  const first = `${" ".repeat(MARGIN)}→ ${
    paint(`${kind}:`.padEnd(5), kind === "dig" ? "warning" : "quiet")
  } ${paint(command, "strong")}`;
  if (!remark) return [first];
  if (displayWidth(step) <= STEP_COLUMNS) return [`${first}${paint(REMARK + remark, "quiet")}`];
  return [
    first,
    ...wrap(remark, STEP_COLUMNS).map((line) => `${" ".repeat(MARGIN + 8)}${paint(line, "quiet")}`),
  ];
}

/** "command   # remark" → command and remark. */
function splitStep(step: string): [command: string, remark: string | null] {
  const at = step.indexOf(REMARK);
  return at < 0 ? [step, null] : [step.slice(0, at), step.slice(at + REMARK.length)];
}

function sectionLines(section: Section, paint: Paint): string[] {
  const title = truncate(safeText(section.title), 60);
  if (section.short !== null) return shortLines(title, safeText(section.short), paint);
  const source = truncate(safeText(section.source), REPORT_COLUMNS - displayWidth(title) - 2);
  const gap = " ".repeat(Math.max(2, REPORT_COLUMNS - displayWidth(title) - displayWidth(source)));
  const lines = [paint(title, "strong") + (source ? gap + paint(source, "quiet") : "")];
  for (const block of section.blocks) lines.push(...blockLines(block, paint));
  return lines;
}

const SHORT_MARGIN = 15;

function shortLines(title: string, short: string, paint: Paint): string[] {
  const head = padEnd(title, SHORT_MARGIN - 1) + " ";
  const [first, ...rest] = wrap(short, REPORT_COLUMNS - displayWidth(head));
  return [paint(head, "strong") + first, ...rest.map((line) => " ".repeat(SHORT_MARGIN) + line)];
}

function blockLines(block: Block, paint: Paint): string[] {
  if (block.kind === "table") return tableLines(block, paint);
  if (block.kind === "facts") return block.facts.flatMap((fact) => factLines(block, fact, paint));
  if (block.kind !== "lines") return [];
  return block.lines.flatMap((cell) => {
    // Two columns of margin, and two more where a line goes on.
    const [first, ...rest] = wrap(safeText(textOf(cell)), REPORT_COLUMNS - 4);
    return [first!, ...rest.map((line) => `  ${line}`)].map((line) =>
      `  ${paint(truncate(line, REPORT_COLUMNS - 2), toneOf(cell))}`
    );
  });
}

function factLines({ facts }: Facts, { label, value }: Facts["facts"][number], paint: Paint): string[] {
  const margin = 2 + Math.max(...facts.map((fact) => displayWidth(safeText(fact.label)))) + 2;
  const [first, ...rest] = wrap(safeText(textOf(value)), REPORT_COLUMNS - margin);
  const painted = (line: string) => paint(line, toneOf(value));
  return [
    padEnd(`  ${safeText(label)}`, margin) + painted(first!),
    ...rest.map((line) => " ".repeat(margin) + painted(line)),
  ];
}

/** A table that never wraps: where it would be too wide, its widest left-aligned column is cut. */
function tableLines(whole: Table, paint: Paint): string[] {
  const table = shownColumns(whole, (column) => !column.wideOnly);
  const cells = table.rows.map((row) => row.map((cell) => safeText(textOf(cell))));
  const widths = columnWidths(table.columns, cells);
  const line = (texts: string[], row: readonly Cell[] | null) =>
    "  " + texts.map((text, index) => {
      const column = table.columns[index]!;
      const cut = (column.cut === "start" ? truncateStart : truncate)(text, widths[index]!);
      const painted = paint(cut, row ? toneOf(row[index]!) : "quiet");
      const gap = " ".repeat(widths[index]! - displayWidth(cut));
      return column.align === "right" ? gap + painted : painted + gap;
    }).join("  ").trimEnd();
  const lines = [line(table.columns.map((column) => column.title), null)];
  cells.forEach((texts, index) => lines.push(line(texts, table.rows[index]!)));
  if (table.note) lines.push(`  ${paint(truncate(safeText(table.note), REPORT_COLUMNS - 2), "quiet")}`);
  return lines;
}

function columnWidths(columns: readonly Column[], cells: readonly string[][]): number[] {
  const widths = columns.map((column, index) => {
    const widest = cells.reduce(
      (most, row) => Math.max(most, displayWidth(row[index]!)),
      displayWidth(column.title),
    );
    return Math.min(widest, column.most ?? Infinity);
  });
  const total = () => 2 + widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
  while (total() > REPORT_COLUMNS) {
    const widest = widths.reduce(
      (best, width, index) =>
        columns[index]!.align === "left" && (best < 0 || width > widths[best]!) ? index : best,
      -1,
    );
    if (widest < 0 || widths[widest]! <= 4) break;
    widths[widest]! -= 1;
  }
  return widths;
}
