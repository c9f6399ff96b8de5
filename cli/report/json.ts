import type { Analysis } from "../analyze/model.ts";

/** One object, indented, ending in a newline. JSON escapes control characters itself; bidi marks are escaped here. */
export const renderJson = (analysis: Analysis): string => renderJsonObject(analysis);

/** The same of any report. */
export function renderJsonObject(report: object): string {
  const text = JSON.stringify(report, (_, value) => typeof value === "number" ? tidy(value) : value, 2);
  return text.replace(
    /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ) + "\n";
}

/** Nobody needs 17 digits; JSON has no infinity. */
function tidy(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}
