import type { Verdict } from "../../../model/finding.ts";
import type { Cell, Column, Tone } from "../document.ts";

export const left = (title: string, most?: number): Column => ({ title, align: "left", most });
export const right = (title: string): Column => ({ title, align: "right" });

const VERDICT_TONES: Partial<Record<Verdict, Tone>> = { leak: "critical", growing: "warning" };

/** A verdict as a table cell; "" where nothing was judged. */
export function verdictCell(verdict: Verdict | null): Cell {
  // Whoever came and went within the window has no verdict.
  if (!verdict || verdict === "insufficient-data") return "";
  const tone = VERDICT_TONES[verdict];
  return tone ? { text: verdict, tone } : verdict;
}

/** "and 12 more (--top 0 lists all)", or nothing. */
export function leftOut(shown: number, all: number): string | undefined {
  return all > shown ? `and ${(all - shown).toLocaleString("en-US")} more; --top 0 lists all` : undefined;
}

/** Bytes per hour from a change over some seconds. */
export function perHour(change: number | null | undefined, seconds: number): number | null {
  return change == null || seconds <= 0 ? null : change / seconds * 3600;
}

/** How many rows a table shows; `--top 0` shows all. */
export const shown = <T>(rows: readonly T[], top: number): T[] => top === 0 ? [...rows] : rows.slice(0, top);
