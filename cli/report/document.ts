/**
 * What a report says, before anybody decides how it looks: sections of lines, tables and charts. Text, Markdown and HTML
 * are three renderers of this. All text in it is raw; each renderer escapes what it prints, so no section can forget to.
 */

import type { Verdict } from "../../model/finding.ts";

export type Tone = "critical" | "warning" | "good" | "quiet" | "strong";

export interface ToneText {
  text: string;
  tone: Tone;
}

export type Cell = string | ToneText;

export interface Column {
  title: string;
  align: "left" | "right";
  /** Columns in a terminal that a cell may take at most; the rest is cut with an ellipsis. */
  most?: number;
  /** Which end of a long cell to leave out; of a path, the end tells. */
  cut?: "start" | "end";
  /** Prose that a terminal has no room for; Markdown and HTML show it. */
  wideOnly?: true;
}

export interface Table {
  kind: "table";
  columns: Column[];
  rows: Cell[][];
  /** One line beneath: what was left out. */
  note?: string;
}

/** Short labels and what stands behind them, which may be wrapped under itself. */
export interface Facts {
  kind: "facts";
  facts: { label: string; value: Cell }[];
}

/** Lines of prose, each kept as one line where it fits. */
export interface Lines {
  kind: "lines";
  lines: Cell[];
}

export interface Suspect {
  verdict: Verdict;
  tone: Tone;
  /** Who grows how fast, how sure, until when. */
  message: string;
  /** Who and how fast, for a list. */
  brief: string;
  evidence: string;
  /** Which of the many called python3 it is. */
  command: string | null;
  /** In the order to try them. */
  next_steps: { kind: "look" | "dig"; line: string }[];
}

/** Suspects, each with its sentence, evidence and next steps. */
export interface Suspects {
  kind: "suspects";
  suspects: Suspect[];
  /** What grows without being accused, in one sentence. */
  rising: string | null;
  /** The last line: what was looked at and is well, or why nobody knows. */
  rest: { word: "rest" | "no leak" | "unknown"; message: string };
}

/** Values over time; terminals leave it out. */
export interface Chart {
  kind: "chart";
  title: string;
  unit: "bytes" | "percent" | "count";
  /** Drawn on top of each other's sum. */
  stacked: boolean;
  /** Unix seconds. */
  time_seconds: number[];
  lines: { name: string; values: (number | null)[] }[];
}

export interface FlameGraphNode {
  name: string;
  value: number;
  children: FlameGraphNode[];
}

/** A tree of stacks by size; only HTML draws it. */
export interface FlameGraph {
  kind: "flame-graph";
  title: string;
  unit: "bytes" | "count";
  root: FlameGraphNode;
}

export type Block = Table | Facts | Lines | Suspects | Chart | FlameGraph;

export interface Section {
  title: string;
  /** Kernel sources, as a person would type them. */
  source: string;
  /** What to say in one line where the section has nothing more: "none". */
  short: string | null;
  blocks: Block[];
}

export interface ReportDocument {
  title: string;
  /** One line: machine, window, rights. */
  heading: string;
  sections: Section[];
}

export const textOf = (cell: Cell): string => typeof cell === "string" ? cell : cell.text;
export const toneOf = (cell: Cell): Tone | null => typeof cell === "string" ? null : cell.tone;

/** A section of one line. */
export function shortSection(title: string, source: string, short: string): Section {
  return { title, source, short, blocks: [] };
}

/** The table without columns that are empty from top to bottom (a snapshot knows no growth), and those that do not fit. */
export function shownColumns(table: Table, fits: (column: Column) => boolean = () => true): Table {
  const isShown = (_: unknown, index: number) =>
    fits(table.columns[index]!) && table.rows.some((row) => textOf(row[index]!) !== "");
  return {
    ...table,
    columns: table.columns.filter(isShown),
    rows: table.rows.map((row) => row.filter(isShown)),
  };
}
