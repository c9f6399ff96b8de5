/** What leakwatch does itself is reported as its cost and has an alert rule of its own; it is no suspect. Pure. */

import type { Finding } from "../model/finding.ts";
import type { Sample } from "../model/sample.ts";

/** Tells findings about leakwatch, the programs it has started, and the unit or container that holds nothing else. */
export function ownFindings(
  { processes }: Pick<Sample, "processes">,
  own_pid: number | undefined,
): (finding: Finding) => boolean {
  if (own_pid === undefined) return () => false;
  const parents = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  const isOwn = (pid: number): boolean => {
    for (let at = pid, steps = 0; at > 1 && steps < 16; at = parents.get(at) ?? 0, steps++) {
      if (at === own_pid) return true;
    }
    return false;
  };
  return ({ kind, subject }) => {
    if (subject.pid !== null) return isOwn(subject.pid);
    if (kind !== "unit-memory" && kind !== "container-memory") return false;
    const members = processes.filter(({ unit, container }) =>
      kind === "unit-memory" ? unit !== null && unit === subject.unit : container === subject.container
    );
    return members.length > 0 && members.every(({ pid }) => isOwn(pid));
  };
}
