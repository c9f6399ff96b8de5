/** Next steps as text. Pure. */

import type { NextStep } from "./finding.ts";

/** "command   # remark", or the command alone. */
export const stepLine = ({ command, remark }: NextStep): string =>
  remark === "" ? command : `${command}   # ${remark}`;

/** The steps as one line that can be typed into a shell as it stands; remarks and the second way stand behind a #. */
export function nextStepLine([first, second]: readonly NextStep[]): string {
  if (first === undefined) return "";
  return second === undefined ? stepLine(first) : `${first.command}   # or: ${stepLine(second)}`;
}
