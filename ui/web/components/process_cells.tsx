/** How a process is named everywhere. */

import { href } from "../address.ts";
import type { ProcessRow } from "../api.ts";

export const keyOf = ({ pid, start_ticks }: Pick<ProcessRow, "pid" | "start_ticks">): string =>
  `${pid}-${start_ticks}`;

export const processHref = ({ pid, start_ticks }: Pick<ProcessRow, "pid" | "start_ticks">): string =>
  href(`processes/${pid}/${start_ticks}`);

/** Names are chosen by processes: an empty or blank one must still be a link one can see. */
export const shownName = (name: string): string => name.trim() === "" ? "(no name)" : name;

export function ProcessLink({ process }: { process: ProcessRow }) {
  return <a class="process-link" href={processHref(process)}>{shownName(process.name)}</a>;
}
